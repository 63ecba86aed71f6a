import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Grant } from "../../oauth/index.ts";
import { addResource } from "../add-resource.ts";
import type { ControlContext } from "../control-context.ts";
import { NotThereError } from "../not-there-error.ts";
import { parseInput } from "../parse-input.ts";
import { requireAccount } from "../require-account.ts";

/** What one person has allowed one application. */
interface GrantReply {
  readonly email: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly hasRefreshToken: boolean;
  /** The files that the application was given under drive.file. */
  readonly fileIds: readonly string[];
}

const Search = z.strictObject({ email: z.exactOptional(z.string()), clientId: z.exactOptional(z.string()) });
const Ending = z.strictObject({ email: z.string(), clientId: z.exactOptional(z.string()) });
const Pick = z.strictObject({
  email: z.string(),
  fileIds: z.array(z.string()).min(1),
  clientId: z.exactOptional(z.string()),
});

/** `/grants`: who allowed what (GET), a person ends the access of an application, the sandbox's own client when none is named (DELETE); `/picks`: a person picks files (POST). */
export function registerGrants(scope: FastifyInstance, context: ControlContext): void {
  addResource(scope, "/grants", {
    GET: ({ query }) => {
      const grants = grantsOf(context, parseInput(Search, query));
      return { grants: grants.map((grant) => presentGrant(context, grant)) };
    },
    DELETE: ({ query }) => {
      const [{ clientId: own }] = context.clients;
      const { email, clientId = own } = parseInput(Ending, query);
      requireClient(context, clientId);
      for (const grant of grantsOf(context, { email, clientId })) context.grants.revoke(grant);
    },
  });
  addResource(scope, "/picks", {
    POST: ({ body }) => {
      const { email, fileIds, ...options } = parseInput(Pick, body);
      context.pick(email, fileIds, options);
    },
  });
}

function grantsOf(
  { accounts, grants }: ControlContext,
  { email, clientId }: z.output<typeof Search>,
): readonly Grant[] {
  const account = email === undefined ? undefined : requireAccount(accounts, email);
  return grants.list(account).filter((grant) => clientId === undefined || grant.clientId === clientId);
}

function requireClient({ clients }: ControlContext, clientId: string): void {
  if (clients.some((client) => client.clientId === clientId)) return;
  throw new NotThereError("client", clientId, "clientId");
}

function presentGrant({ grants, drive }: ControlContext, grant: Grant): GrantReply {
  const { account, clientId, scopes } = grant;
  return {
    email: account.email,
    clientId,
    scopes: [...scopes],
    hasRefreshToken: grants.hasRefreshToken(grant),
    fileIds: drive.grantedFileIds({ clientId, sub: account.sub }),
  };
}
