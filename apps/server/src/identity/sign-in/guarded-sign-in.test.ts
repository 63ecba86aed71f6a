import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { auditEvents, type Database } from "../../db/index.ts";
import { DrivewayError } from "../../platform/index.ts";
import { openDatabase, type OpenedDatabase } from "../../testing/open-database.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { testLog } from "../../testing/test-log.ts";
import { createIdentity, type Identity } from "../identity.ts";

const QUOTA = 3;
const MINUTE_MS = 60_000;

let database: TestDatabase;
let connection: OpenedDatabase;
let db: Database;
let identity: Identity;
let nowMs = Date.UTC(2030, 0, 1);
let people = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = openDatabase(database);
  db = connection.db;
  identity = createIdentity({
    db: connection.guarded,
    clock: { now: () => nowMs },
    log: testLog(),
    sessionSecrets: [randomBytes(32).toString("base64url")],
    publicUrl: "http://localhost:8080",
    allowedOrigins: [],
    rateQuotas: { requests: 0, signIns: QUOTA },
  });
});
afterAll(async () => {
  await identity.stop();
  await connection.close();
  await database.drop();
});
beforeEach(() => {
  nowMs += 5 * MINUTE_MS;
});

async function newAccount() {
  people += 1;
  const email = `person${people}@example.com`;
  const password = `the password of ${email}`;
  await identity.bootstrap({ adminEmail: email, adminPassword: password, apiKey: null });
  return { email, password };
}

function newAddress(): string {
  people += 1;
  return `203.0.${people}.1`;
}

/** The code of the refusal; null for a success. */
async function signIn(email: string, password: string, address: string): Promise<string | null> {
  const client = { address, userAgent: "a browser", requestId: "a-request" };
  try {
    await identity.signIn({ email, password, client, origin: undefined });
    return null;
  } catch (error) {
    if (error instanceof DrivewayError) return error.code;
    throw error;
  }
}

describe("failed sign-ins", () => {
  it("close an account for a minute, from whatever addresses they come, even to the right password", async () => {
    const { email, password } = await newAccount();
    for (let index = 0; index < QUOTA; index += 1)
      expect(await signIn(email, "wrong", newAddress())).toBe("invalid_credentials");
    expect(await signIn(email, password, newAddress())).toBe("rate_limited");
    expect(await signIn(email.toUpperCase(), password, newAddress())).toBe("rate_limited");
    nowMs += 2 * MINUTE_MS;
    expect(await signIn(email, password, newAddress())).toBeNull();
  });

  it("close an address for a minute, whatever accounts they try, known or not", async () => {
    const [{ email, password }, address] = [await newAccount(), newAddress()];
    expect(await signIn(email, "wrong", address)).toBe("invalid_credentials");
    expect(await signIn("nobody@example.com", "wrong", address)).toBe("invalid_credentials");
    expect(await signIn("no-one@example.com", "wrong", address)).toBe("invalid_credentials");
    expect(await signIn(email, password, address)).toBe("rate_limited");
    expect(await signIn(email, password, newAddress())).toBeNull();
  });

  it("at once get no further than one after the other", async () => {
    const { email } = await newAccount();
    const codes = await Promise.all(Array.from({ length: 20 }, () => signIn(email, "wrong", newAddress())));
    expect(codes.filter((code) => code === "invalid_credentials")).toHaveLength(QUOTA);
    expect(codes.filter((code) => code === "rate_limited")).toHaveLength(20 - QUOTA);
  });

  it("are not forgiven by a sign-in that succeeds, and it does not count itself", async () => {
    const [{ email, password }, mine, address] = [await newAccount(), await newAccount(), newAddress()];
    for (let index = 0; index < QUOTA - 1; index += 1) await signIn(email, "wrong", address);
    for (let index = 0; index < 2 * QUOTA; index += 1)
      expect(await signIn(mine.email, mine.password, address)).toBeNull();
    expect(await signIn(email, "wrong", address)).toBe("invalid_credentials");
    expect(await signIn(mine.email, mine.password, address)).toBe("rate_limited");
    expect(await signIn(email, password, newAddress())).toBe("rate_limited");
  });

  it("stand in the log of the account's workspace: each wrong password, and that it was closed once a minute", async () => {
    const { email, password } = await newAccount();
    await db.delete(auditEvents);
    for (let index = 0; index < QUOTA + 4; index += 1) await signIn(email, "wrong", newAddress());
    await signIn(email, password, newAddress());
    await identity.stop();
    const events = await db.select().from(auditEvents);
    expect(events.map(({ action }) => action)).toEqual(events.map(() => "sign_in.failed"));
    const reasons = events.map(({ details }) => (details as { reason: string }).reason);
    expect(reasons.toSorted()).toEqual([
      "rate_limited",
      "wrong_password",
      "wrong_password",
      "wrong_password",
    ]);
    expect(JSON.stringify(events)).not.toContain(email);
  });
});
