import { approveConsent } from "@driveway/sandbox";
import { craftJwt, hmac } from "../craft-jwt.ts";
import { type ApiReply, callApi } from "./call-api.ts";
import type { Owner } from "./chaos-drive.ts";

export const HOST_ISSUER = "https://host.example.com";
export const HOST_AUDIENCE = "driveway";
const LIFETIME_SECONDS = 24 * 3600;
const PROVIDER = "google_drive";

/** Somebody of the host application with a connected drive. */
export interface Person {
  readonly owner: Owner;
  readonly connectionId: string;
  /** Asks the API in this person's name; at any of its processes, and again when there is no answer. */
  ask(method: string, path: string, body?: object, headers?: Record<string, string>): Promise<ApiReply>;
}

/** Connects the owner's drive for a user of the host application, whose token names tenant and user. */
export async function connectPerson(params: {
  readonly owner: Owner;
  readonly tenant: string;
  readonly urls: readonly string[];
  readonly jwtSecret: string;
}): Promise<Person> {
  const claims = {
    iss: HOST_ISSUER,
    aud: HOST_AUDIENCE,
    sub: params.owner,
    tenant_id: params.tenant,
    scope: "read write",
    exp: Math.floor(Date.now() / 1000) + LIFETIME_SECONDS,
  };
  const token = craftJwt({ alg: "HS256", typ: "JWT" }, claims, hmac(params.jwtSecret));
  const ask: Person["ask"] = (method, path, body, headers = {}) =>
    callApi({ urls: params.urls, token, method, path, body, headers });
  const path = `/api/v2/cloud-storage/auth/${PROVIDER}`;
  const attempt = await ask("POST", path, { provider: PROVIDER });
  const authorizationUrl = textIn(attempt, "authorization_url");
  const { searchParams } = await approveConsent({ authorizationUrl, email: params.owner });
  const granted = { code: searchParams.get("code") ?? "", state: searchParams.get("state") ?? "" };
  const finished = await ask("POST", `${path}/callback`, granted);
  const connection = finished.body.connection as { readonly id?: unknown } | undefined;
  if (typeof connection?.id !== "string") throw new Error(`${params.owner} was not connected`);
  return { owner: params.owner, connectionId: connection.id, ask };
}

function textIn(reply: ApiReply, name: string): string {
  const value = reply.body[name];
  if (typeof value === "string") return value;
  throw new Error(`the reply has no ${name}: ${reply.status} ${JSON.stringify(reply.body)}`);
}
