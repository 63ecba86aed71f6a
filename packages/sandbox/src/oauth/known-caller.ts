import type { Grant } from "./grant.ts";

/** Who a request turned out to come from, for the log of requests; null as long as it is not known. */
export interface KnownCaller {
  email: string | null;
  clientId: string | null;
}

/** Notes whose grant a request is about. */
export function noteGrant(caller: KnownCaller, { account, clientId }: Grant): void {
  caller.email = account.email;
  caller.clientId = clientId;
}
