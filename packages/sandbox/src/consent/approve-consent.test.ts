import { describe, expect, it } from "vitest";
import { ConsentAnswerError } from "./consent-answer-error.ts";
import type { WebClient } from "../testing/web-client.ts";
import { withSandbox } from "../testing/with-sandbox.ts";

type Answer = Parameters<WebClient["consent"]>[1];

const HINT = { login_hint: "alice@example.com" };
const DRIVE_FILE = "https://www.googleapis.com/auth/drive.file";

async function faultOf(
  client: WebClient,
  changes: Record<string, string | null>,
  answer: Answer,
): Promise<string> {
  const error: unknown = await client.consent(changes, answer).catch((thrown: unknown) => thrown);
  if (!(error instanceof ConsentAnswerError)) return "none";
  expect(error.message.startsWith(`${error.option}: `)).toBe(true);
  return error.message;
}

describe("an answer to the consent page", () => {
  it("is given by nobody else than the login hint signs in, whether it is an e-mail or a subject", () =>
    withSandbox(async ({ sandbox, client }) => {
      const [alice, bob] = sandbox.accounts;
      const hints = [HINT, { login_hint: alice?.sub ?? "" }];
      for (const changes of hints) {
        for (const email of ["bob@example.com", "nobody@example.com"]) {
          const fault = await faultOf(client, changes, { email });
          expect(fault).toBe(`email: the login_hint signs alice@example.com in, not ${email}`);
        }
        const back = await client.consent(changes, { email: "alice@example.com" });
        expect(back.searchParams.has("code")).toBe(true);
      }
      const hinted = await client.consent({ login_hint: bob?.email ?? "" });
      expect(hinted.searchParams.get("hd")).toBe("example.com");
    }));

  it("is not taken for another person's where everything was allowed before", () =>
    withSandbox(async ({ client }) => {
      await client.consent();
      for (const prompt of [null, "none"]) {
        const fault = await faultOf(client, { ...HINT, prompt }, { email: "bob@example.com" });
        expect(fault).toContain("bob@example.com");
      }
    }));

  it("is given by those alone whom the chooser offers", () =>
    withSandbox(async ({ client }) => {
      const nobody = { email: "nobody@example.com" };
      expect(await faultOf(client, {}, nobody)).toBe(
        "email: the sandbox offers no account nobody@example.com",
      );
      const back = await client.consent({ login_hint: "nobody@example.com" }, { email: "bob@example.com" });
      expect(back.searchParams.get("hd")).toBe("example.com");
    }));

  it("unticks nothing that is not asked for", () =>
    withSandbox(async ({ client }) => {
      const answer = { untick: ["drive.file", "nonsense"] };
      expect(await faultOf(client, {}, answer)).toBe("untick: the app does not ask for the scope nonsense");
    }));

  it("denies and unticks nothing where no consent page is shown", () =>
    withSandbox(async ({ client }) => {
      await client.consent();
      const changes = { ...HINT, prompt: null };
      expect(await faultOf(client, changes, { deny: true })).toContain("deny: true");
      expect(await faultOf(client, changes, { untick: [DRIVE_FILE] })).toContain(`untick: ${DRIVE_FILE}`);
    }));

  it("picks no files where none are to be picked, and gives no consent then", () =>
    withSandbox(async ({ sandbox, client }) => {
      expect(await faultOf(client, {}, { pick: ["some-file"] })).toContain("pick: the app lets nobody pick");
      expect(await faultOf(client, {}, { pick: ["some-file"] })).toContain("some-file");
      expect(sandbox.requests.count("oauth.decision")).toBe(0);
    }));
});
