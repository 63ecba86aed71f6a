import { afterAll, beforeAll, expect, it } from "vitest";
import { connectDatabase } from "../../db/index.ts";
import { DrivewayError } from "../../platform/index.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { testLog } from "../../testing/test-log.ts";
import { createAttemptGuard } from "./guard-attempts.ts";
import { createRateLimits } from "./rate-limits.ts";

const MOST_KEYS = 20;
const SIGN_INS = 3;

let database: TestDatabase;
let connection: ReturnType<typeof connectDatabase>;

beforeAll(async () => {
  database = await createTestDatabase();
  const { connectionString } = database;
  connection = connectDatabase({ connectionString, poolSize: 1, applicationName: "test", log: testLog() });
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});

it("an address that is refused pushes nobody's failures out of memory by naming ever new accounts", async () => {
  const rateLimits = createRateLimits({
    db: connection.db,
    clock: { now: () => Date.UTC(2030, 0, 1) },
    log: testLog(),
    secret: "a secret",
    quotas: { requests: 0, signIns: SIGN_INS },
    exchangeEveryMs: 3_600_000,
    mostKeys: MOST_KEYS,
  });
  const guard = createAttemptGuard({ rateLimits });
  const fail = async (address: string, email: string): Promise<unknown> => {
    const attempt = { address, email, failures: ["invalid_credentials"] as const };
    const wrong = () => Promise.reject(new DrivewayError("invalid_credentials", "Wrong."));
    return guard(attempt, wrong).catch((error: unknown) => error);
  };
  const victim = "victim@example.com";
  for (let host = 0; host < SIGN_INS; host += 1) await fail(`192.0.2.${host}`, victim);
  expect(await fail("192.0.2.100", victim)).toMatchObject({ code: "rate_limited" });
  for (let index = 0; index < 3 * MOST_KEYS; index += 1) {
    await fail("198.51.100.1", `somebody${index}@example.com`);
  }
  expect(await fail("192.0.2.101", victim)).toMatchObject({ code: "rate_limited" });
});
