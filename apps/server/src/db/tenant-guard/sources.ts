import { identifierOf, isStatement, isSymbol, isWord, splitAt, type Token } from "./tokens.ts";

/** The column by which a tenant's table names its tenant, by the table's name. */
export type TenantColumns = ReadonlyMap<string, string>;

/** What a name in FROM stands for. */
export interface Source {
  /** The name by which the statement speaks of it. */
  readonly alias: string;
  readonly table: string;
  /** Null for what is no tenant's table: a subquery, a function, a table without tenants. */
  readonly tenantColumn: string | null;
}

/** The condition of a join, and the sources whose rows it decides about. */
interface JoinCondition {
  readonly condition: readonly Token[];
  readonly decidesAbout: readonly Source[];
}

export interface FromClause {
  readonly sources: readonly Source[];
  readonly joins: readonly JoinCondition[];
}

const JOIN_WORDS = ["natural", "cross", "inner", "left", "right", "full", "outer", "join"];

/** Reads what stands behind FROM, UPDATE or USING: the sources and the conditions that join them. */
export function readFrom(tokens: readonly Token[], tenantColumns: TenantColumns): FromClause {
  const sources: Source[] = [];
  const joins: JoinCondition[] = [];
  let rest = tokens;
  while (rest.length > 0) {
    const type = rest.findIndex((_, index) => !isJoinWord(rest, index));
    if (type === -1) break;
    const end = endOf(rest, type, "on", "using");
    const joined = readItem(rest.slice(type, end), tenantColumns);
    const next = endOf(rest, end);
    const condition = isWord(rest[end], "on") ? rest.slice(end + 1, next) : [];
    const decidesAbout = decided(rest.slice(0, type), sources, joined.sources);
    joins.push(...joined.joins, { condition, decidesAbout });
    sources.push(...joined.sources);
    rest = rest.slice(next);
  }
  return { sources, joins };
}

/** Of an outer join, the condition decides only about the rows of the side that may be missing. */
function decided(
  join: readonly Token[],
  left: readonly Source[],
  right: readonly Source[],
): readonly Source[] {
  const has = (word: string) => join.some((token) => isWord(token, word));
  if (has("full")) return [];
  if (has("left")) return right;
  if (has("right")) return [...left];
  return [...left, ...right];
}

function isJoinWord(tokens: readonly Token[], index: number): boolean {
  // `left(text, 1)` is a function.
  const isCall = tokens[index + 1]?.kind === "group" && isWord(tokens[index], "left", "right");
  return isSymbol(tokens[index], ",") || (isWord(tokens[index], ...JOIN_WORDS) && !isCall);
}

/** Where the next join begins, or one of the words stands. */
function endOf(tokens: readonly Token[], start: number, ...words: readonly string[]): number {
  const end = tokens.findIndex(
    (token, index) => index >= start && (isJoinWord(tokens, index) || isWord(token, ...words)),
  );
  return end === -1 ? tokens.length : end;
}

function readItem(item: readonly Token[], tenantColumns: TenantColumns): FromClause {
  const tokens = item.filter((token) => !isWord(token, "only", "lateral", "as") && !isSymbol(token, "*"));
  const [first] = tokens;
  if (first?.kind === "group" && !isStatement(first.tokens)) return readFrom(first.tokens, tenantColumns);
  const group = tokens.findIndex((token) => token.kind === "group");
  const parts = splitAt(group === -1 ? tokens : tokens.slice(0, group), (token) => isSymbol(token, "."));
  const [table = "", alias = table] = (parts.at(-1) ?? []).flatMap((token) => identifierOf(token) ?? []);
  const behind = tokens.slice(group + 1).filter((token) => !isWord(token, "with", "ordinality"));
  // `name (…)` is a function, `name alias (…)` names the columns of a table.
  const isTable = group === -1 || (group > 0 && alias !== table);
  if (!isTable) {
    const called = identifierOf(behind[0]) ?? table;
    return { sources: [{ alias: called, table: called, tenantColumn: null }], joins: [] };
  }
  const schema = parts.length > 1 ? identifierOf(parts.at(-2)?.[0]) : "public";
  const tenantColumn = schema === "public" ? (tenantColumns.get(table) ?? null) : null;
  return { sources: [{ alias, table, tenantColumn }], joins: [] };
}
