import { type SQL, sql } from "drizzle-orm";

/** Why a statement may look at the rows of all tenants, by a short name. These are all the reasons there are. */
const ACROSS_TENANTS = {
  accountsGrant: "a grant at a provider is one, however many tenants share its account",
  apiKeyByHash: "a key is found by its hash, and its row says whose it is",
  attemptByState: "a browser comes back with a state of 256 bits, and the row says whose it is",
  hostUserByName:
    "a host application's token names tenant and user in its own words, and the rows say whose they are",
  invitationByToken: "whoever joins comes with a token of 256 bits, and the row says where they are asked to",
  expiredRows: "what has run out is swept for everybody at once",
  leftovers: "what crashes left behind is looked for among the rows of everybody",
  userBySignIn: "whoever signs in is told here which tenant they belong to",
} as const satisfies Readonly<Record<string, string>>;

/** The reasons that the tenant guard takes. */
export const REASONS_ACROSS_TENANTS: ReadonlySet<string> = new Set(Object.values(ACROSS_TENANTS));

/**
 * Stands in the WHERE of a statement that rightly names no tenant, joined to its other conditions by AND. The guard lets
 * the tables of that one level of the statement pass; the reason stays readable in the text that PostgreSQL gets.
 */
export function acrossTenants(reason: keyof typeof ACROSS_TENANTS): SQL {
  return sql.raw(`/* across tenants: ${ACROSS_TENANTS[reason]} */ true`);
}
