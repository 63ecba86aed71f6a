import { readFrom, type Source, type TenantColumns } from "./sources.ts";
import { identifierOf, isStatement, isSymbol, isWord, readTokens, splitAt, type Token } from "./tokens.ts";
import { type Scope, unnamedTables } from "./unnamed-tables.ts";

interface Walk {
  readonly tenantColumns: TenantColumns;
  /** Tables that are reached without their tenant. */
  readonly unnamed: Set<string>;
}

const SELECT_CLAUSES = "select from where group having window order limit offset fetch for".split(" ");
const UPDATE_CLAUSES = ["update", "set", "from", "where", "returning"];
const DELETE_CLAUSES = ["delete", "from", "using", "where", "returning"];

/**
 * The tenants' tables that a statement reaches without naming the tenant. A table counts as named when its tenant
 * column equals a parameter, or the tenant column of one that is named, by a condition that holds for every row; an INSERT
 * names it by listing the column. Each subquery and CTE is looked at for itself. What cannot be read is not let pass.
 */
export function findUnnamedTenants(statement: string, tenantColumns: TenantColumns): ReadonlySet<string> {
  const walk: Walk = { tenantColumns, unnamed: new Set() };
  const tokens = readTokens(statement);
  if (tokens === null) return mentionedIn(statement, tenantColumns);
  for (const single of splitAt(tokens, (token) => isSymbol(token, ";"))) visitStatement(walk, single, null);
  return walk.unnamed;
}

function mentionedIn(statement: string, tenantColumns: TenantColumns): ReadonlySet<string> {
  return new Set([...tenantColumns.keys()].filter((table) => statement.includes(table)));
}

function visitStatement(walk: Walk, tokens: readonly Token[], outer: Scope | null): void {
  const main = isWord(tokens[0], "with") ? visitCommonTables(walk, tokens, outer) : tokens;
  const queries = splitAt(main, (token) => isWord(token, "union", "intersect", "except"));
  if (queries.length > 1) {
    for (const query of queries) visitStatement(walk, query.slice(isWord(query[0], "all") ? 1 : 0), outer);
    return;
  }
  const [first] = main;
  if (isWord(first, "select")) visitSelect(walk, main, outer);
  else if (isWord(first, "update")) visitUpdate(walk, main, outer);
  else if (isWord(first, "delete")) visitDelete(walk, main, outer);
  else if (isWord(first, "insert")) visitInsert(walk, main, outer);
  else if (isWord(first, "values") || first?.kind === "group") visitSubqueries(walk, main, outer);
  else refuseMentions(walk, main);
}

/** Visits the bodies of WITH, which see nothing of the statement behind them. Returns that statement. */
function visitCommonTables(walk: Walk, tokens: readonly Token[], outer: Scope | null): readonly Token[] {
  const start = tokens.findIndex(
    (token, index) => index > 0 && token.kind !== "group" && isStatement(tokens.slice(index, index + 1)),
  );
  const end = start === -1 ? tokens.length : start;
  visitSubqueries(walk, tokens.slice(0, end), outer);
  return tokens.slice(end);
}

function visitSelect(walk: Walk, tokens: readonly Token[], outer: Scope | null): void {
  const clauses = clausesOf(tokens, SELECT_CLAUSES);
  visitLevel(walk, { tokens, from: [clauses.get("from")], where: clauses.get("where"), outer });
}

function visitUpdate(walk: Walk, tokens: readonly Token[], outer: Scope | null): void {
  const clauses = clausesOf(tokens, UPDATE_CLAUSES);
  const from = [clauses.get("update"), clauses.get("from")];
  visitLevel(walk, { tokens, from, where: clauses.get("where"), outer });
}

function visitDelete(walk: Walk, tokens: readonly Token[], outer: Scope | null): void {
  const clauses = clausesOf(tokens, DELETE_CLAUSES);
  const from = [clauses.get("from"), clauses.get("using")];
  visitLevel(walk, { tokens, from, where: clauses.get("where"), outer });
}

/** One level: its own tables must be named by its own conditions, then come the subqueries in it. */
function visitLevel(
  walk: Walk,
  level: {
    readonly tokens: readonly Token[];
    readonly from: readonly (readonly Token[] | undefined)[];
    readonly where: readonly Token[] | undefined;
    readonly outer: Scope | null;
  },
): void {
  const froms = level.from.map((from) => readFrom(from ?? [], walk.tenantColumns));
  const scope = { sources: froms.flatMap(({ sources }) => sources), outer: level.outer };
  addAll(walk, unnamedTables(scope, { froms, where: level.where ?? [] }));
  visitSubqueries(walk, level.tokens, scope);
}

function visitInsert(walk: Walk, tokens: readonly Token[], outer: Scope | null): void {
  const columnsAt = tokens.findIndex((token) => token.kind === "group");
  const conflictAt = tokens.findIndex((token) => isWord(token, "conflict"));
  const columns = tokens[columnsAt];
  const [target] = readFrom(tokens.slice(2, Math.max(columnsAt, 0)), walk.tenantColumns).sources;
  if (target === undefined || columns?.kind !== "group") {
    refuseMentions(walk, tokens);
    return;
  }
  const scope = { sources: [target, { ...target, alias: "excluded", tenantColumn: null }], outer };
  if (!lists(columns, target.tenantColumn)) walk.unnamed.add(target.table);
  if (conflictAt !== -1) requireNamedConflict(walk, scope, target, tokens.slice(conflictAt));
  const values = tokens.slice(columnsAt + 1, conflictAt === -1 ? undefined : conflictAt - 1);
  if (isStatement(values)) visitStatement(walk, values, outer);
  else visitSubqueries(walk, values, scope);
  if (conflictAt !== -1) visitSubqueries(walk, tokens.slice(conflictAt), scope);
}

/** ON CONFLICT DO UPDATE writes to a row that is there: one of the same tenant, by the unique columns or by the WHERE. */
function requireNamedConflict(walk: Walk, scope: Scope, target: Source, conflict: readonly Token[]): void {
  const doAt = conflict.findIndex((token) => isWord(token, "do"));
  if (!isWord(conflict[doAt + 1], "update")) return;
  const [, unique] = conflict;
  if (unique?.kind === "group" && lists(unique, target.tenantColumn)) return;
  const where = clausesOf(conflict.slice(doAt), ["do", "set", "where", "returning"]).get("where");
  addAll(walk, unnamedTables(scope, { froms: [], where: where ?? [] }));
}

function lists(group: Extract<Token, { kind: "group" }>, column: string | null): boolean {
  return column === null || group.tokens.some((token) => identifierOf(token) === column);
}

function visitSubqueries(walk: Walk, tokens: readonly Token[], scope: Scope | null): void {
  for (const token of tokens) {
    if (token.kind !== "group") continue;
    if (isStatement(token.tokens)) visitStatement(walk, token.tokens, scope);
    else visitSubqueries(walk, token.tokens, scope);
  }
}

/** A kind of statement that is not read any further may not mention a tenant's table at all. */
function refuseMentions(walk: Walk, tokens: readonly Token[]): void {
  for (const token of tokens) {
    const name = identifierOf(token);
    if (token.kind === "group") refuseMentions(walk, token.tokens);
    else if (name !== null && walk.tenantColumns.has(name)) walk.unnamed.add(name);
  }
}

/** The tokens of each clause, by the word that begins it. */
function clausesOf(
  tokens: readonly Token[],
  words: readonly string[],
): ReadonlyMap<string, readonly Token[]> {
  const clauses = new Map<string, Token[]>();
  let current: Token[] = [];
  for (const [index, token] of tokens.entries()) {
    // `is distinct from` begins nothing.
    const begins = isWord(token, ...words) && !isWord(tokens[index - 1], "distinct");
    if (!begins) {
      current.push(token);
      continue;
    }
    const word = identifierOf(token) ?? "";
    current = clauses.get(word) ?? [];
    clauses.set(word, current);
  }
  return clauses;
}

function addAll(walk: Walk, tables: Iterable<string>): void {
  for (const table of tables) walk.unnamed.add(table);
}
