import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { addResource } from "../add-resource.ts";
import type { ControlContext } from "../control-context.ts";
import { parseInput } from "../parse-input.ts";
import { type ClockReply, presentClock } from "./clock.ts";

/** What a sandbox is and holds. */
interface OverviewReply {
  readonly origin: string;
  readonly issuer: string;
  readonly apiRoot: string;
  readonly controlApi: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** All clients, the one above included. */
  readonly clients: readonly { readonly clientId: string; readonly clientSecret: string }[];
  readonly accounts: readonly {
    readonly email: string;
    readonly sub: string;
    readonly name: string;
    readonly rootFolderId: string;
    /** Items in the account's Drive, trashed ones included, the root folder not. */
    readonly items: number;
  }[];
  readonly clock: ClockReply;
  readonly counts: { readonly requests: number; readonly grants: number; readonly faultRules: number };
}

/** `/`: addresses, client, accounts, clock and counts in one document (GET). */
export function registerOverview(scope: FastifyInstance, context: ControlContext): void {
  addResource(scope, "/", {
    GET: ({ query }) => {
      parseInput(z.strictObject({}), query);
      return presentOverview(context);
    },
  });
}

function presentOverview(context: ControlContext): OverviewReply {
  const { accounts, clients, clock, drive, faults, grants, requests } = context;
  const origin = context.origin();
  return {
    origin,
    issuer: origin,
    apiRoot: origin,
    controlApi: `${origin}/sandbox/api`,
    clientId: clients[0].clientId,
    clientSecret: clients[0].clientSecret,
    clients: clients.map(({ clientId, clientSecret }) => ({ clientId, clientSecret })),
    accounts: accounts.map(({ email, sub, name }) => {
      const rootFolderId = drive.rootId(sub);
      return { email, sub, name, rootFolderId, items: drive.itemCount(sub) - 1 };
    }),
    clock: presentClock(clock),
    counts: {
      requests: requests.count(),
      grants: grants.list().length,
      faultRules: faults.plan.rules.length,
    },
  };
}
