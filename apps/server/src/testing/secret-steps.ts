import { randomBytes } from "node:crypto";
import { approveConsent, type ConsentAnswer } from "@driveway/sandbox";
import { runOn } from "./test-server.ts";
import { addPictures } from "./add-pictures.ts";
import type { AskOptions, Reply } from "./ask.ts";
import type { Secret } from "./find-secrets.ts";
import { newApiKey } from "./make-person.ts";
import { TEST_ADMIN, type TestApp } from "./start-test-app.ts";
import { testPictures } from "./test-pictures.ts";

const CLOUD = "/api/v2/cloud-storage";
const AUTH = `${CLOUD}/auth/google_drive`;
const PROVIDER = { provider: "google_drive" };
/** More than a multipart upload takes, so that an upload session is opened. */
const LARGE_BYTES = 6 * 1024 * 1024;

/** Somebody on their way through Driveway, who keeps what was secret and what was said. */
export interface Traveller {
  readonly app: TestApp;
  readonly secrets: Secret[];
  readonly errors: string[];
  /** Replies about jobs, and pages, which are no place for a secret either. */
  readonly told: string[];
  readonly ask: (method: string, path: string, options?: AskOptions) => Promise<Reply>;
}

/** Sends a traveller on the way; their errors are kept with their headers. */
export function createTraveller(app: TestApp): Traveller {
  const errors: string[] = [];
  return {
    app,
    errors,
    secrets: [],
    told: [],
    async ask(method, path, options) {
      const reply = await app.request(method, path, options);
      if (reply.status >= 400) errors.push(`${JSON.stringify([...reply.headers])} ${reply.text}`);
      return reply;
    },
  };
}

/** Signs in twice and out once, with a wrong password before and a broken cookie after. */
export async function signInAndOut({ ask, secrets }: Traveller): Promise<{ readonly cookie: string }> {
  const signIn = (password: string) =>
    ask("POST", "/api/auth/sign-in/email", { apiKey: null, body: { ...TEST_ADMIN, password } });
  const wrong = randomBytes(12).toString("hex");
  secrets.push({ kind: "wrong password", value: wrong });
  await signIn(wrong);
  const begin = async () => {
    const cookie = cookieOf(await signIn(TEST_ADMIN.password));
    const value = decodeURIComponent(cookie.slice(cookie.indexOf("=") + 1));
    secrets.push(
      { kind: "session cookie", value },
      { kind: "session token", value: value.split(".")[0] ?? "" },
    );
    await ask("GET", "/api/auth/get-session", { apiKey: null, headers: { cookie } });
    return { cookie };
  };
  const [gone, kept] = [await begin(), await begin()];
  await ask("POST", "/api/auth/sign-out", { apiKey: null, headers: gone });
  await ask("GET", "/api/v2/me", { apiKey: null, headers: gone });
  await ask("GET", "/api/v2/me", { apiKey: null, headers: { cookie: `${kept.cookie}x` } });
  return kept;
}

function cookieOf(reply: Reply): string {
  return reply.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

interface Begun {
  readonly url: string;
  readonly cookie: string;
}

/** Begins an attempt as a page of ours does. */
async function begin({ app, ask, secrets }: Traveller): Promise<Begun> {
  const headers = { origin: app.config.publicUrl };
  const reply = await ask("POST", AUTH, { apiKey: app.apiKey, headers, body: PROVIDER });
  const cookie = cookieOf(reply);
  secrets.push({ kind: "state", value: reply.body.state });
  secrets.push({ kind: "browser cookie", value: cookie.slice(cookie.indexOf("=") + 1) });
  return { url: reply.body.authorization_url, cookie };
}

async function consent(
  { secrets }: Traveller,
  begun: Begun,
  answer: Partial<ConsentAnswer> = {},
): Promise<URL> {
  const back = await approveConsent({ authorizationUrl: begun.url, email: "alice@example.com", ...answer });
  const code = back.searchParams.get("code");
  if (code !== null) secrets.push({ kind: "code", value: code });
  return back;
}

async function comeBack({ ask, told }: Traveller, back: URL, cookie: string): Promise<Reply> {
  const page = await ask("GET", `${back.pathname}${back.search}`, { apiKey: null, headers: { cookie } });
  told.push(page.text);
  return page;
}

/** Connects an account by the popup's page. */
export async function connectByPopup(traveller: Traveller): Promise<string> {
  const begun = await begin(traveller);
  const page = await comeBack(traveller, await consent(traveller, begun), begun.cookie);
  const id = /"id":"([0-9a-f-]{36})"/.exec(page.text)?.[1];
  if (id === undefined) throw new Error(`the account was not connected: ${page.text}`);
  return id;
}

/** Connects another account by the programmatic way. */
export async function connectByCode(traveller: Traveller, email: string): Promise<string> {
  const { app, ask, secrets } = traveller;
  const begun = await ask("POST", AUTH, { body: PROVIDER });
  secrets.push({ kind: "state", value: begun.body.state });
  const back = await consent(traveller, { url: begun.body.authorization_url, cookie: "" }, { email });
  const { code, state } = Object.fromEntries(back.searchParams);
  const finished = await ask("POST", `${AUTH}/callback`, { apiKey: app.apiKey, body: { code, state } });
  await ask("POST", `${AUTH}/callback`, { body: { code, state } });
  await ask("GET", `${AUTH}/attempts/${state}`, { apiKey: newApiKey() });
  return finished.body.connection.id;
}

/** Fails to connect: refused, in another browser, with a code of nobody, with a provider out of order. */
export async function failToConnect(traveller: Traveller): Promise<void> {
  const { app, ask, secrets } = traveller;
  const denied = await begin(traveller);
  await comeBack(traveller, await consent(traveller, denied, { deny: true }), denied.cookie);
  const elsewhere = await begin(traveller);
  await comeBack(traveller, await consent(traveller, elsewhere), "driveway_browser=another");
  const unticked = await begin(traveller);
  const untick = ["drive.readonly", "drive.file"];
  await comeBack(traveller, await consent(traveller, unticked, { untick }), unticked.cookie);
  const bad = await begin(traveller);
  const forged = await consent(traveller, bad);
  const code = `4/${randomBytes(24).toString("base64url")}`;
  secrets.push({ kind: "code", value: code });
  forged.searchParams.set("code", code);
  await comeBack(traveller, forged, bad.cookie);
  await comeBack(traveller, forged, bad.cookie);
  app.sandbox.faults.add({ route: "oauth.token", fault: { kind: "status", status: 503 } });
  const late = await begin(traveller);
  await comeBack(traveller, await consent(traveller, late), late.cookie);
  app.sandbox.faults.clear();
  const key = newApiKey();
  secrets.push({ kind: "unknown API key", value: key });
  await ask("GET", "/api/v2/me", { apiKey: key });
  await ask("POST", `${AUTH}/callback`, { body: { code: "", state: "x", more: code } });
}

/** Opens picker sessions and looks through one, in allowed and in forbidden ways. */
export async function pick({ ask, secrets }: Traveller, connection: string): Promise<string> {
  const opened = await ask("GET", `${CLOUD}/connections/${connection}/picker-token`);
  const { session_id, access_token } = opened.body.session;
  secrets.push({ kind: "picker session", value: session_id }, { kind: "access token", value: access_token });
  const look = (endpoint: string, params: object = {}) =>
    ask("POST", `${CLOUD}/picker-proxy`, { body: { session_id, endpoint, params } });
  await look("about", { fields: "user" });
  await look("files", { q: "trashed = false" });
  await look("files/nothing");
  await look("files", { q: "this is no query" });
  await look("drives");
  await ask("POST", `${CLOUD}/picker-proxy`, { body: { session_id: 7, endpoint: session_id } });
  await ask("POST", `${CLOUD}/picker-proxy`, {
    apiKey: newApiKey(),
    body: { session_id, endpoint: "about" },
  });
  await ask("POST", `${CLOUD}/picker-proxy`, { body: { session_id: `${session_id}x`, endpoint: "about" } });
  return session_id;
}

/** Imports and exports, small and large, with files that fail and uploads that break. */
export async function moveFiles({ app, ask, told }: Traveller, connection: string): Promise<void> {
  const headers = { prefer: "wait=30" };
  const [large = Buffer.alloc(0)] = await testPictures({ count: 1, sizeBytes: LARGE_BYTES });
  const [small = Buffer.alloc(0)] = await testPictures({ count: 1 });
  const files = addPictures(app.sandbox, { pictures: [small, large, Buffer.from("no picture")] });
  const imported = await ask("POST", `${CLOUD}/import`, {
    headers,
    body: { connection_id: connection, files: [...files, { id: "nothing", name: "nothing" }] },
  });
  const order = { connection_id: connection, image_ids: imported.body.image_ids, folder_name: "Out" };
  const exported = await ask("POST", `${CLOUD}/export`, { headers, body: order });
  app.sandbox.faults.add({ route: "upload.*", fault: { kind: "status", status: 500 }, times: 40 });
  const broken = await ask("POST", `${CLOUD}/export`, { headers: { prefer: "wait=5" }, body: order });
  app.sandbox.faults.clear();
  for (const { body } of [imported, exported, broken]) {
    const job = body.job_id ?? body.import_job_id ?? body.export_job_id;
    for (const path of [`${CLOUD}/jobs/${job}`, `${CLOUD}/jobs/${job}/items`]) {
      told.push((await ask("GET", path)).text);
    }
  }
}

/** Asks while a table of the database is away, so that its faults are logged with what was asked of it. */
export async function meetFaults(
  traveller: Traveller,
  held: { readonly session: string; readonly cookie: string },
): Promise<void> {
  const { app, ask } = traveller;
  const url = app.database.connectionString;
  const without = async (table: string, work: () => Promise<unknown>) => {
    await runOn(url, `alter table ${table} rename to away`);
    await work();
    await runOn(url, `alter table away rename to ${table}`);
  };
  const withCookie = { apiKey: null, headers: { cookie: held.cookie } };
  await without("auth_sessions", () => ask("GET", "/api/v2/me", withCookie));
  await without("auth_sessions", () => ask("GET", "/api/auth/get-session", withCookie));
  await without("auth_sessions", () => ask("POST", "/api/auth/sign-out", withCookie));
  await without("auth_accounts", () =>
    ask("POST", "/api/auth/sign-in/email", { apiKey: null, body: TEST_ADMIN }),
  );
  await without("api_keys", () => ask("GET", "/api/v2/me"));
  await without("picker_sessions", () =>
    ask("POST", `${CLOUD}/picker-proxy`, { body: { session_id: held.session, endpoint: "about" } }),
  );
  const begun = await begin(traveller);
  const back = await consent(traveller, begun);
  await without("oauth_attempts", () => comeBack(traveller, back, begun.cookie));
  await without("connections", () => comeBack(traveller, back, begun.cookie));
}

/** Loses one account's grant, and disconnects both while Google does not confirm the revocation. */
export async function loseAndLeave(
  { app, ask }: Traveller,
  connections: { readonly alice: string; readonly bob: string },
): Promise<void> {
  app.sandbox.revokeGrant("bob@example.com");
  await ask("GET", `${CLOUD}/connections/${connections.bob}/picker-token`);
  await ask("POST", `${CLOUD}/import`, {
    body: { connection_id: connections.bob, files: [{ id: "x", name: "x" }] },
  });
  app.sandbox.faults.add({ route: "oauth.revoke", fault: { kind: "status", status: 503 } });
  await ask("DELETE", `${CLOUD}/connections/${connections.alice}`);
}
