import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../create-sandbox.ts";
import type { SandboxOptions } from "../sandbox-options.ts";
import { WebClient } from "../testing/web-client.ts";

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 15, 12);
const REVOKED = { error: "invalid_grant", error_description: "Token has been expired or revoked." };

let dataDir: string;
let nowMs: number;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "sandbox-grants-"));
  nowMs = START_MS;
});

afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

async function withKept(
  options: SandboxOptions,
  use: (sandbox: Sandbox, client: WebClient) => Promise<void>,
): Promise<void> {
  const sandbox = await createSandbox({ library: "none", dataDir, now: () => nowMs, ...options });
  try {
    await use(sandbox, new WebClient(sandbox));
  } finally {
    await sandbox.close();
  }
}

describe("over a restart", () => {
  it("a refresh token of an app in testing keeps its end", async () => {
    let refreshToken: unknown;
    await withKept({ settings: { oauth: { publishing: "testing" } } }, async (_sandbox, client) => {
      refreshToken = (await client.connect()).body.refresh_token;
    });
    nowMs += 6 * DAY_MS;
    await withKept({}, async (_sandbox, client) => {
      const { body } = await client.refresh(String(refreshToken));
      expect(body.refresh_token_expires_in).toBe(86_399);
      nowMs += DAY_MS;
      expect((await client.refresh(String(refreshToken))).body).toEqual(REVOKED);
    });
  });

  it("a refresh token keeps the time of its last use, from which its idle time counts", async () => {
    const tokens: string[] = [];
    await withKept({}, async (_sandbox, client) => {
      for (let count = 0; count < 2; count += 1) {
        tokens.push(String((await client.connect()).body.refresh_token));
      }
      nowMs += 100 * DAY_MS;
      expect((await client.refresh(tokens[1])).status).toBe(200);
    });
    nowMs += 80 * DAY_MS;
    await withKept({}, async (_sandbox, client) => {
      expect((await client.refresh(tokens[0])).body).toEqual(REVOKED);
      expect((await client.refresh(tokens[1])).status).toBe(200);
    });
  });

  it("an access token keeps its grace after the revocation", async () => {
    const settings = { oauth: { revokedAccessTokenGraceSeconds: 60 } };
    let accessToken: unknown;
    await withKept({ settings }, async (sandbox, client) => {
      accessToken = (await client.connect()).body.access_token;
      sandbox.revokeGrant("alice@example.com");
    });
    await withKept({ settings }, async (_sandbox, client) => {
      expect((await client.get("/v1/userinfo", String(accessToken))).status).toBe(200);
      nowMs += 60_000;
      expect((await client.get("/v1/userinfo", String(accessToken))).status).toBe(401);
    });
  });

  it("an access token keeps the end that a reset of the clock gave it", async () => {
    let accessToken: unknown;
    await withKept({}, async (sandbox, client) => {
      sandbox.clock.advance(30 * DAY_MS);
      accessToken = (await client.connect()).body.access_token;
      sandbox.reset();
    });
    nowMs += 3_598_000;
    await withKept({}, async (_sandbox, client) => {
      expect((await client.get("/v1/userinfo", String(accessToken))).status).toBe(200);
      nowMs += 2000;
      expect((await client.get("/v1/userinfo", String(accessToken))).status).toBe(401);
    });
  });

  it("a refresh token from a journal that tells no times works, and is idle from the opening on", async () => {
    let refreshToken: unknown;
    await withKept({}, async (_sandbox, client) => {
      refreshToken = (await client.connect()).body.refresh_token;
    });
    const journal = join(dataDir, "state", "journal.jsonl");
    const lines = readFileSync(journal, "utf8").split("\n");
    const old = lines.map((line) => line.replace(/,"issuedAtMs":\d+/, ""));
    expect(old).not.toEqual(lines);
    writeFileSync(journal, old.join("\n"));
    nowMs += 1000 * DAY_MS;
    await withKept({}, async (_sandbox, client) => {
      nowMs += 179 * DAY_MS;
      expect((await client.refresh(String(refreshToken))).status).toBe(200);
    });
  });

  it("further people stay, with what is in their Drives, also when they are not named again", async () => {
    const carol = { email: "carol@example.org", name: "Carol C" };
    let fileId = "";
    await withKept({ accounts: [carol] }, async ({ drive, accounts }) => {
      const sub = accounts[2]?.sub ?? "";
      fileId = drive.addFile(sub, { name: "a", mimeType: "text/plain", content: new Uint8Array([1]) }).id;
    });
    for (const options of [{}, { accounts: [{ ...carol, name: "Renamed" }] }]) {
      await withKept(options, async ({ drive, accounts }, client) => {
        expect(accounts[2]).toMatchObject(carol);
        expect(accounts).toHaveLength(3);
        expect(drive.contentOf(fileId)).toEqual(Buffer.from([1]));
        const back = await client.consent({}, { email: carol.email });
        expect((await client.exchange(back.searchParams.get("code") ?? "")).status).toBe(200);
      });
    }
  });

  it("people can be added to a state that began without them, and ids of files stay as they were", async () => {
    let rootId = "";
    await withKept({}, async ({ drive, accounts: [alice] }) => {
      rootId = drive.rootId(alice?.sub ?? "");
    });
    await withKept({ accounts: [{ email: "late@example.org" }] }, async ({ drive, accounts }) => {
      expect(drive.rootId(accounts[0]?.sub ?? "")).toBe(rootId);
      expect(drive.listAll(accounts[2]?.sub ?? "")).toEqual([]);
    });
  });
});
