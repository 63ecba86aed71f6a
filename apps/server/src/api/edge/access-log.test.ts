import { Writable } from "node:stream";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connectDrive } from "../../testing/connect-account.ts";
import { startTestApp, TEST_ADMIN, type TestApp } from "../../testing/start-test-app.ts";

const CLOUD = "/api/v2/cloud-storage";

let app: TestApp;
const lines: string[] = [];

beforeAll(async () => {
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  // The very log without its redaction, so that nothing is hidden that should not have been said.
  app = await startTestApp({ log: pino({ level: "trace" }, sink) });
});
afterAll(() => app.stop());

it("the log at its most talkative has requests by route and id, and nothing that opens a door", async () => {
  const connectionId = await connectDrive(app);
  const begun = await app.request("POST", `${CLOUD}/auth/google_drive`, {
    body: { provider: "google_drive" },
  });
  const { state } = begun.body;
  const headers = { "x-request-id": "the-request" };
  await app.request("GET", `${CLOUD}/auth/google_drive/attempts/${state}`, { headers });
  await app.request("GET", `${CLOUD}/auth/google_drive/callback?state=${state}&code=4/a-secret-code`, {
    apiKey: null,
  });
  await app.request("POST", `${CLOUD}/auth/google_drive/callback`, {
    body: { code: "4/a-secret-code", state },
  });
  const opened = await app.request("GET", `${CLOUD}/connections/${connectionId}/picker-token`);
  const { session_id, access_token } = opened.body.session;
  await app.request("GET", "/api/v2/me?api_key=key-in-the-query", { apiKey: "key-that-is-wrong" });
  await app.request("GET", "/api/v2/user-files/%E0%A4%A?token=broken-address");
  const signedIn = await app.request("POST", "/api/auth/sign-in/email", { apiKey: null, body: TEST_ADMIN });
  const cookie = signedIn.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  await app.request("GET", "/api/v2/me", { apiKey: null, headers: { cookie } });
  await app.request("POST", "/api/auth/sign-in/email", { body: { ...TEST_ADMIN, password: "a-wrong-one" } });
  await app.request("POST", "/api/auth/sign-out", {
    apiKey: null,
    headers: { cookie, origin: app.config.publicUrl },
  });

  const log = lines.join("");
  expect(log).toContain(`"reqId":"the-request"`);
  expect(log).toContain(`"route":"/api/v2/cloud-storage/auth/:provider/attempts/:state"`);
  const [, sessionToken = ""] = cookie.split("=");
  for (const secret of [
    app.apiKey,
    state,
    session_id,
    access_token,
    decodeURIComponent(sessionToken),
    sessionToken,
    TEST_ADMIN.password,
    "a-secret-code",
    "key-in-the-query",
    "key-that-is-wrong",
    "broken-address",
    "a-wrong-one",
    "code_verifier",
    app.sandbox.clientSecret,
  ]) {
    expect(secret.length).toBeGreaterThan(8);
    expect([secret, log.includes(secret)]).toEqual([secret, false]);
  }
});
