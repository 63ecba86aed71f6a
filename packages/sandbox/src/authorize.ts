import type { Account } from "./accounts/account.ts";

/** What a bearer credential turned out to be worth. */
export type Authorization =
  | {
      readonly kind: "ok";
      readonly account: Account;
      readonly clientId: string;
      readonly scopes: ReadonlySet<string>;
      /** One value per user and client: the unit that is granted and revoked together. */
      readonly grantKey: string;
    }
  | { readonly kind: "missing" }
  | { readonly kind: "invalid" };

/** Judges the value of an Authorization header. */
export type Authorize = (authorizationHeader: string | undefined) => Authorization;
