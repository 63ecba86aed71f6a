import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dumpDatabase } from "./testing/dump-database.ts";
import { findSecrets, type Secret } from "./testing/find-secrets.ts";
import { liveWithSecrets, type SecretJourney } from "./testing/secret-journey.ts";
import { runOn } from "./testing/test-server.ts";

/** What the journey must have met, so that a search which finds nothing says something. */
const KINDS = [
  "API key",
  "PKCE verifier",
  "access token",
  "browser cookie",
  "client secret",
  "code",
  "ID token",
  "password",
  "picker session",
  "refresh token",
  "revoked token",
  "sealing key",
  "session cookie",
  "session token",
  "state",
  "unknown API key",
  "upload session",
  "wrong password",
];

let journey: SecretJourney;
let database: Record<string, string>;

beforeAll(async () => {
  journey = await liveWithSecrets();
  database = await dumpDatabase(journey.app.database.connectionString);
}, 120_000);
afterAll(() => journey.stop());

const ofKind = (...kinds: string[]): Secret[] => journey.secrets.filter(({ kind }) => kinds.includes(kind));
const exceptKind = (kind: string): Secret[] => journey.secrets.filter((secret) => secret.kind !== kind);

describe("a whole journey", () => {
  it("meets every kind of secret, tables with rows of every room, and errors of every kind", () => {
    expect([...new Set(journey.secrets.map(({ kind }) => kind))].sort()).toEqual(KINDS.toSorted());
    for (const { value } of journey.secrets) expect(value.length).toBeGreaterThan(11);
    for (const table of [
      "auth_sessions",
      "oauth_attempts",
      "pending_revocations",
      "transfer_items",
      "audit_events",
    ]) {
      expect([table, database[`public.${table}`]?.length]).not.toEqual([table, 0]);
    }
    expect(database["queue.job_common"] ?? database["queue.job"]).toContain("revocationId");
    for (const code of [
      "invalid_credentials",
      "unauthenticated",
      "state_used",
      "REAUTH_REQUIRED",
      "internal_error",
      "picker_session_invalid",
      "validation_failed",
    ]) {
      expect([code, journey.errors.includes(code)]).toEqual([code, true]);
    }
    for (const said of ["a grant could not be revoked now", "request failed", "Failed query"]) {
      expect([said, journey.log().includes(said)]).toEqual([said, true]);
    }
  });

  it("leaves no secret in any table of the database, the queue's included", () => {
    expect(findSecrets(database, exceptKind("session token"))).toEqual([]);
  });

  it("leaves no session's token in any table of the database", () => {
    expect(findSecrets(database, ofKind("session token"))).toEqual([]);
  });

  it("leaves no secret in the log at its most talkative", () => {
    expect(findSecrets({ log: journey.log() }, journey.secrets)).toEqual([]);
  });

  it("leaves no secret in an error, a page or a reply about a job", () => {
    const { errors, told } = journey;
    expect(findSecrets({ errors, told }, journey.secrets)).toEqual([]);
  });
});

describe("the search", () => {
  it("finds a secret that was planted in a table, in the queue and in the log", async () => {
    const { app } = journey;
    const secret = ofKind("refresh token")[0]?.value.toString() ?? "";
    const url = app.database.connectionString;
    await runOn(url, `update tenants set name = '${Buffer.from(`to ${secret}`).toString("base64")}'`);
    await runOn(url, `update queue.job set data = '{"url": "https://x/?t=${encodeURIComponent(secret)}"}'`);
    journey.say({ deep: { in: { here: secret } } }, "planted");
    const found = findSecrets({ ...(await dumpDatabase(url)), log: journey.log() }, ofKind("refresh token"));
    const places = new Set(found.map(({ where }) => where));
    expect([...places]).toEqual(expect.arrayContaining(["public.tenants", "queue.job", "log"]));
  });

  it.each(["plain", "base64", "base64url", "hex", "url"])(
    "knows a secret in its %s form, wherever it begins",
    (form) => {
      const value = "4/0Ab_c-é+secret?value";
      const written = (prefix: string) => {
        const bytes = Buffer.from(`${prefix}${value}, and more`);
        if (form === "plain") return bytes.toString();
        return form === "url"
          ? `${prefix}${encodeURIComponent(value)}`
          : bytes.toString(form as BufferEncoding);
      };
      for (const prefix of ["", "a", "ab", "abc"]) {
        expect(findSecrets({ text: written(prefix) }, [{ kind: "x", value }])).not.toEqual([]);
        expect(findSecrets({ text: written(prefix) }, [{ kind: "x", value: `${value} or more` }])).toEqual(
          [],
        );
      }
    },
  );
});
