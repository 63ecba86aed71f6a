import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../platform/index.ts";
import { ask } from "../../testing/ask.ts";
import { makePerson } from "../../testing/make-person.ts";
import { type ServedRoutes, serveRoutes } from "../../testing/serve-routes.ts";
import { openDatabase, type OpenedDatabase } from "../../testing/open-database.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { principalOf } from "../principal-of.ts";

let database: TestDatabase;
let connection: OpenedDatabase;
let apiKey: string;
const servers: ServedRoutes[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  connection = openDatabase(database);
  ({ apiKey } = await makePerson(connection.guarded));
});
afterAll(async () => {
  for (const server of servers) await server.close();
  await connection.close();
  await database.drop();
});

/** What the audit log would say of where a request came from, behind these proxies. */
async function addressBehind(trustedProxies: readonly string[]) {
  const served = await serveRoutes({
    db: connection.guarded,
    clock: systemClock,
    trustedProxies,
    routes(app) {
      app.get("/who", { config: { access: "any-principal" } }, (request) => principalOf(request).client);
    },
  });
  servers.push(served);
  return async (headers: Record<string, string>): Promise<string> => {
    const { body } = await ask({ url: served.url, method: "GET", path: "/who", apiKey, headers });
    return body.address;
  };
}

describe("the client's address", () => {
  it("is the connection's where no proxy is trusted, whatever headers say", async () => {
    const address = await addressBehind([]);
    expect(await address({})).toBe("127.0.0.1");
    for (const name of [
      "x-forwarded-for",
      "x-real-ip",
      "forwarded",
      "x-driveway-client-address",
      "true-client-ip",
    ])
      expect(await address({ [name]: "203.0.113.7" })).toBe("127.0.0.1");
  });

  it("is the connection's where another proxy is trusted than the one that speaks", async () => {
    const address = await addressBehind(["10.0.0.0/8"]);
    expect(await address({ "x-forwarded-for": "203.0.113.7" })).toBe("127.0.0.1");
  });

  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["1.1.1.1, 203.0.113.7", "203.0.113.7"],
    ["1.1.1.1, 203.0.113.7, 10.1.2.3, 10.9.9.9", "203.0.113.7"],
    ["10.1.2.3", "10.1.2.3"],
    ["2001:db8::7", "2001:db8::7"],
    ["[2001:db8::7]:4711, 10.1.2.3", "2001:db8::7"],
    ["203.0.113.7:4711", "203.0.113.7"],
    ["203.0.113.7, evil, 10.1.2.3", "10.1.2.3"],
    ["<script>alert(1)</script>", "127.0.0.1"],
    ["unknown", "127.0.0.1"],
    [",,,", "127.0.0.1"],
    ["203.0.113.7,", "127.0.0.1"],
    ["1.1.1.1, ".repeat(500).concat("203.0.113.7"), "203.0.113.7"],
  ])("is behind trusted proxies the last that is none of them: %s", async (header, expected) => {
    const address = await addressBehind(["loopback", "10.0.0.0/8"]);
    expect(await address({ "x-forwarded-for": header })).toBe(expected);
    expect(
      await address({ "x-forwarded-for": header, "x-real-ip": "9.9.9.9", forwarded: "for=9.9.9.9" }),
    ).toBe(expected);
  });
});
