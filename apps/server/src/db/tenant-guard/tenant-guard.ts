import type { Logger } from "drizzle-orm";
import { findUnnamedTenants } from "./find-unnamed-tenants.ts";
import type { TenantColumns } from "./sources.ts";

/** Statements of a program are few; texts that vary with the length of a list are judged by what they have in common. */
const KEPT_VERDICTS = 2_000;
const LONGEST_KEPT = 4_000;
const SHOWN_OF_STATEMENT = 400;

/** A statement was not sent, because it reaches rows of tenants without naming the tenant. It is a fault of the program. */
export class TenantNotNamedError extends Error {
  override readonly name = "TenantNotNamedError";
  readonly tables: readonly string[];

  constructor(tables: readonly string[], statement: string, tenantColumns: TenantColumns) {
    const columns = tables.map((table) => `${table}.${tenantColumns.get(table)}`).join(" and ");
    super(
      `This statement reaches ${tables.join(" and ")} without naming the tenant, and was not sent. ` +
        `Let ${columns} equal the tenant's id by a condition that AND joins to the others of the same SELECT, UPDATE or ` +
        "DELETE (its WHERE, or the ON of an inner join), or list it among the columns of the INSERT. If the statement " +
        "rightly goes across tenants, add its reason to db/across-tenants.ts and put acrossTenants(reason) into the WHERE. " +
        `It was: ${statement.slice(0, SHOWN_OF_STATEMENT)}`,
    );
    this.tables = tables;
  }
}

/**
 * Refuses statements that reach a tenant's table without naming the tenant, in whatever environment. It is given to
 * Drizzle as its logger, which is asked before each statement is sent, those of transactions and prepared ones too; what
 * it throws is what the query rejects with. A verdict is kept by the statement's text.
 */
export function createTenantGuard(tenantColumns: TenantColumns): Logger {
  const verdicts = new Map<string, readonly string[]>();
  const judge = (statement: string): readonly string[] => {
    const text = statement.length > LONGEST_KEPT ? withoutRepetition(statement) : statement;
    const known = verdicts.get(text);
    if (known !== undefined) return known;
    const tables = [...findUnnamedTenants(text, tenantColumns)];
    if (verdicts.size >= KEPT_VERDICTS) verdicts.clear();
    if (text.length <= LONGEST_KEPT) verdicts.set(text, tables);
    return tables;
  };
  return {
    logQuery(statement) {
      const tables = judge(statement);
      if (tables.length > 0) throw new TenantNotNamedError(tables, statement, tenantColumns);
    },
  };
}

/** One of many values, and one of many rows of values. */
function withoutRepetition(statement: string): string {
  return statement
    .replace(/(?:\$\d+|default)(?:, (?:\$\d+|default))+/g, "$$1")
    .replace(/\((?:\$\d+|default)\)(?:, \((?:\$\d+|default)\))+/g, "($$1)");
}
