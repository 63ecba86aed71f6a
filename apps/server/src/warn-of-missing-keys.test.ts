import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pendingRevocations } from "./db/index.ts";
import { createKeyring } from "./platform/index.ts";
import { hearLog } from "./testing/hear-log.ts";
import { openDatabase, type OpenedDatabase } from "./testing/open-database.ts";
import { createTestDatabase, type TestDatabase } from "./testing/test-database.ts";
import { warnOfMissingKeys } from "./warn-of-missing-keys.ts";

let database: TestDatabase;
let opened: OpenedDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  opened = openDatabase(database);
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

it("names the keys that values need and nobody configured, and is silent when there are none", async () => {
  const [old, kept] = ["old", "kept"].map((id) => ({ id, secret: randomBytes(32) }));
  if (old === undefined || kept === undefined) throw new Error("no keys");
  const seal = (key: typeof old) => {
    const id = randomUUID();
    const place = { table: "pending_revocations", column: "token_sealed", tenantId: "", rowId: id };
    const tokenSealed = createKeyring([key]).seal("a token", place);
    return { id, provider: "google_drive", oauthClientId: "c", providerUserId: "u", tokenSealed };
  };
  await opened.guarded.insert(pendingRevocations).values([seal(old), seal(old), seal(kept)]);
  const { log, records } = hearLog();
  await warnOfMissingKeys({ queries: opened.pool, keyring: createKeyring([kept, old]), log });
  expect(records).toEqual([]);
  await warnOfMissingKeys({ queries: opened.pool, keyring: createKeyring([kept]), log });
  expect(records).toMatchObject([
    {
      keyIds: ["old"],
      values: { old: 2 },
      configured: ["kept"],
      msg: expect.stringContaining("ENCRYPTION_KEYS"),
    },
  ]);
});
