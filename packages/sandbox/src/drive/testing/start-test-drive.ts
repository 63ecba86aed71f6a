import type { AddressInfo } from "node:net";
import Fastify from "fastify";
import type { Account } from "../../accounts/account.ts";
import { answerUnknown } from "../../answer-unknown.ts";
import type { Authorize } from "../../authorize.ts";
import { Quotas } from "../../quotas/index.ts";
import { LiveSettings } from "../../settings/index.ts";
import { RequestLog, watchTraffic } from "../../traffic/index.ts";
import { PresignedDownloads } from "../presigned-downloads.ts";
import { registerDriveRoutes } from "../register-drive-routes.ts";
import { refuseUnreadable } from "../routes/refuse-unreadable.ts";
import { DriveStore } from "../store/drive-store.ts";
import { UploadSessions } from "../uploads/upload-sessions.ts";

/** What a test asks a Drive for, beyond the path. */
export interface TestCall {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
  /** Scopes of the token, without the address in front; null sends no token. */
  readonly scopes?: readonly string[] | null;
  readonly email?: string;
  readonly clientId?: string;
}

/** JSON as Drive answers, as far as tests look at it; what an answer does not have is undefined. */
export interface DriveJson {
  readonly [name: string]: unknown;
  readonly id: string;
  readonly files: readonly DriveJson[];
  readonly ids: readonly string[];
  readonly nextPageToken?: string;
  readonly error: {
    readonly code: number;
    readonly message: string;
    readonly status?: string;
    readonly errors: readonly { readonly reason: string; readonly location?: string }[];
  };
}

/** A status and the JSON that came with it; null for an empty body. */
interface JsonAnswer {
  readonly status: number;
  readonly body: DriveJson;
  /** `errors[0].reason`, or undefined for a success. */
  readonly reason: string | undefined;
}

/** A Drive behind real HTTP, with two accounts, for tests. */
export interface TestDrive {
  readonly origin: string;
  readonly store: DriveStore;
  readonly alice: Account;
  readonly bob: Account;
  readonly requests: RequestLog;
  readonly settings: LiveSettings;
  readonly quotas: Quotas;
  /** Calls a path as Alice with the scope `drive`, unless told otherwise; redirects are not followed. */
  call(path: string, options?: TestCall): Promise<Response>;
  /** The same for JSON: the body's value is sent as JSON, and the answer's is returned with its status. */
  json(path: string, options?: Omit<TestCall, "body"> & { body?: unknown }): Promise<JsonAnswer>;
  /** Moves the clock on. */
  advance(ms: number): void;
  close(): Promise<void>;
}

const SCOPE = "https://www.googleapis.com/auth/";

/** Makes a bearer token that says all about itself. */
export function testToken({
  scopes = ["drive"],
  email = "alice@example.com",
  clientId = "app",
}: TestCall): string {
  return [email, clientId, (scopes ?? []).join("+")].join("|");
}

/** Starts a Drive on a free port of the loopback. */
export async function startTestDrive(): Promise<TestDrive> {
  let nowMs = Date.parse("2026-11-23T10:00:00Z");
  const now = () => nowMs;
  const alice = account("101", "alice@example.com", "Alice");
  const bob = { ...account("102", "bob@example.com", "Bob"), hd: "example.com" };
  const store = new DriveStore({ now, seed: 7 });
  for (const each of [alice, bob]) store.addAccount(each);
  const requests = new RequestLog();
  const settings = new LiveSettings();
  const quotas = new Quotas({ settings, now });
  const app = Fastify({
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 1024 },
    frameworkErrors: refuseUnreadable,
  });
  answerUnknown(app);
  const authorize = authorizeAmong([alice, bob]);
  watchTraffic(app, { requests, kinds: new Set(), now });
  await registerDriveRoutes(app, {
    store,
    authorize,
    settings,
    quotas,
    presigned: new PresignedDownloads({ store, now }),
    sessions: new UploadSessions({ now }),
    now,
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const call: TestDrive["call"] = (path, options = {}) => request(origin, path, options);
  const json: TestDrive["json"] = (path, options = {}) => requestJson(call, path, options);
  return {
    origin,
    store,
    alice,
    bob,
    requests,
    settings,
    quotas,
    call,
    json,
    advance: (ms) => (nowMs += ms),
    close: () => app.close(),
  };
}

function account(sub: string, email: string, givenName: string): Account {
  return {
    sub,
    email,
    name: `${givenName} Example`,
    givenName,
    familyName: "Example",
    permissionId: `p${sub}`,
  };
}

function authorizeAmong(accounts: readonly Account[]): Authorize {
  return (header) => {
    if (header === undefined) return { kind: "missing" };
    const [email, clientId = "", scopes = ""] = header.replace(/^Bearer /, "").split("|");
    const owner = accounts.find((each) => each.email === email);
    if (owner === undefined) return { kind: "invalid" };
    const granted = new Set(scopes.split("+").map((name) => SCOPE + name));
    return { kind: "ok", account: owner, clientId, scopes: granted, grantKey: `${email} ${clientId}` };
  };
}

function request(origin: string, path: string, options: TestCall): Promise<Response> {
  const { method = "GET", headers = {}, body, scopes } = options;
  const authorization = scopes === null ? {} : { authorization: `Bearer ${testToken(options)}` };
  const target = path.startsWith("http") ? path : origin + path;
  return fetch(target, {
    method,
    headers: { ...authorization, ...headers },
    redirect: "manual",
    ...(body !== undefined && { body, duplex: "half" }),
  });
}

async function requestJson(
  call: TestDrive["call"],
  path: string,
  { body, headers, ...options }: Omit<TestCall, "body"> & { body?: unknown },
): Promise<JsonAnswer> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const type = body === undefined ? {} : { "content-type": "application/json" };
  const response = await call(path, { ...options, ...sent, headers: { ...type, ...headers } });
  const text = await response.text();
  const answer = text === "" ? null : JSON.parse(text);
  return { status: response.status, body: answer, reason: answer?.error?.errors[0].reason };
}
