import { REASONS_ACROSS_TENANTS } from "../across-tenants.ts";
import { conjunctsOf, equationOf, markerOf, type Operand } from "./conditions.ts";
import type { FromClause, Source } from "./sources.ts";
import type { Token } from "./tokens.ts";

/** The sources of one level of a statement, and of the levels around it. */
export interface Scope {
  readonly sources: readonly Source[];
  readonly outer: Scope | null;
}

/** The tenants' tables of one level whose tenant no condition of that level names; none when a marker says why. */
export function unnamedTables(
  scope: Scope,
  level: { readonly froms: readonly FromClause[]; readonly where: readonly Token[] },
): readonly string[] {
  const owned = scope.sources.filter(({ tenantColumn }) => tenantColumn !== null);
  const conditions = conjunctsOf(level.where);
  if (conditions.some((condition) => REASONS_ACROSS_TENANTS.has(markerOf(condition) ?? ""))) return [];
  const joins = level.froms.flatMap((from) => from.joins);
  const named = namedBy([
    ...bindingsOf(scope, conditions, scope.sources),
    ...joins.flatMap((join) => bindingsOf(scope, conjunctsOf(join.condition), join.decidesAbout)),
  ]);
  return owned.filter((source) => !named.has(source)).map(({ table }) => table);
}

/** That a source is of a tenant as soon as another is, or at once. */
interface Binding {
  readonly source: Source;
  readonly by: Source | "named";
}

function bindingsOf(
  scope: Scope,
  conditions: readonly (readonly Token[])[],
  decidesAbout: readonly Source[],
): Binding[] {
  return conditions.flatMap((condition) => {
    const equation = equationOf(condition);
    if (equation === null) return [];
    const [left, right] = [resolve(equation.left, scope), resolve(equation.right, scope)];
    if (left === null || right === null) return [];
    return [
      { source: left, by: right },
      { source: right, by: left },
    ].flatMap(({ source, by }) =>
      source !== "named" && decidesAbout.includes(source) ? [{ source, by }] : [],
    );
  });
}

/** A source of this level whose tenant column the operand is; "named" for a value that is there already; else null. */
function resolve(operand: Operand, scope: Scope): Source | "named" | null {
  if (operand.kind === "parameter") return "named";
  const { qualifier, column } = operand;
  for (let level: Scope | null = scope; level !== null; level = level.outer) {
    const candidates = level.sources.filter(({ alias, tenantColumn }) =>
      qualifier === null ? tenantColumn === column : alias === qualifier,
    );
    const [source] = candidates;
    if (source === undefined) continue;
    // What a subquery or a function gives was named, or marked, within it.
    if (source.tenantColumn === null) return column === "tenant_id" ? "named" : null;
    if (candidates.length > 1 || source.tenantColumn !== column) return null;
    return level === scope ? source : "named";
  }
  return null;
}

function namedBy(bindings: readonly Binding[]): ReadonlySet<Source> {
  const named = new Set<Source>();
  for (let before = -1; named.size !== before; ) {
    before = named.size;
    for (const { source, by } of bindings) if (by === "named" || named.has(by)) named.add(source);
  }
  return named;
}
