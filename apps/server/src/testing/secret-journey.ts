import { randomBytes } from "node:crypto";
import { createLog } from "../platform/index.ts";
import type { Secret } from "./find-secrets.ts";
import {
  connectByCode,
  connectByPopup,
  createTraveller,
  failToConnect,
  loseAndLeave,
  meetFaults,
  moveFiles,
  pick,
  signInAndOut,
} from "./secret-steps.ts";
import { type Exchange, startRecordingProxy } from "./start-recording-proxy.ts";
import { freePort, startTestApp, TEST_ADMIN, type TestApp } from "./start-test-app.ts";

/** A whole life with Driveway: everything that was secret in it, and everything that was said about it. */
export interface SecretJourney {
  readonly app: TestApp;
  readonly secrets: readonly Secret[];
  /** The log at its most talkative. */
  log(): string;
  /** Every error that somebody was answered. */
  readonly errors: string;
  /** Every reply about a job, and the pages of the popup. */
  readonly told: string;
  /** Says something in the service's own log. */
  say(facts: object, message: string): void;
  stop(): Promise<void>;
}

/** Lives it: signs in, connects by both ways, fails in every way, moves files, loses a grant, leaves. */
export async function liveWithSecrets(): Promise<SecretJourney> {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLog({ level: "trace", pretty: false, destination });
  const port = await freePort();
  const proxy = await startRecordingProxy({ targetPort: port });
  const clientSecret = `GOCSPX-${randomBytes(18).toString("base64url")}`;
  // Access tokens live shorter than the margin that Driveway keeps, so that every use renews one.
  const sandbox = { port, publicOrigin: proxy.origin, clientSecret, accessTokenLifetimeSeconds: 200 };
  const app = await startTestApp({ log, sandbox });
  const traveller = createTraveller(app);
  const { cookie } = await signInAndOut(traveller);
  const alice = await connectByPopup(traveller);
  const bob = await connectByCode(traveller, "bob@example.com");
  await failToConnect(traveller);
  const session = await pick(traveller, alice);
  await moveFiles(traveller, alice);
  await meetFaults(traveller, { session, cookie });
  await loseAndLeave(traveller, { alice, bob });
  const secrets = [
    { kind: "API key", value: app.apiKey },
    { kind: "sealing key", value: app.encryptionKeys[0].secret },
    { kind: "client secret", value: clientSecret },
    { kind: "password", value: TEST_ADMIN.password },
    ...traveller.secrets,
    ...proxy.exchanges.flatMap(secretsOf),
  ];
  return {
    app,
    secrets: distinct(secrets),
    log: () => lines.join(""),
    errors: traveller.errors.join("\n"),
    told: traveller.told.join("\n"),
    say: (facts, message) => log.info(facts, message),
    async stop() {
      await app.stop();
      await proxy.close();
    },
  };
}

function distinct(secrets: readonly Secret[]): Secret[] {
  return [...new Map(secrets.map((secret) => [String(secret.value), secret])).values()];
}

const NAMES: Readonly<Record<string, string>> = {
  code: "code",
  code_verifier: "PKCE verifier",
  refresh_token: "refresh token",
  access_token: "access token",
  id_token: "ID token",
  token: "revoked token",
};

/** What was secret in an exchange with Google: in a form, in an answer, in a header, in an address. */
function secretsOf({ headers, body, answer }: Exchange): Secret[] {
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
  const sent = isForm ? [...new URLSearchParams(body)] : [];
  const isJson = answer.headers["content-type"]?.includes("json") === true;
  const came = isJson ? Object.entries(JSON.parse(answer.body) as object) : [];
  const named = [...sent, ...came].flatMap(([name, value]) =>
    typeof value === "string" && NAMES[name] !== undefined ? [{ kind: NAMES[name], value }] : [],
  );
  const bearer = headers.authorization?.replace(/^Bearer /, "");
  const upload = new URLSearchParams(answer.headers.location?.split("?")[1]).get("upload_id");
  return [
    ...named,
    ...(bearer === undefined ? [] : [{ kind: "access token", value: bearer }]),
    ...(upload === null ? [] : [{ kind: "upload session", value: upload }]),
  ];
}
