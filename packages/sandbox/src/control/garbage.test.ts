import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withSandbox } from "../testing/with-sandbox.ts";
import { callRaw } from "./testing/control-client.ts";

const PLACES = [
  "",
  "/settings",
  "/clock",
  "/requests",
  "/requests/counts",
  "/grants",
  "/picks",
  "/consent",
  "/files",
  "/files/x",
  "/files/x/content",
  "/files/x/permissions",
  "/files/x/opened",
  "/drives",
  "/reset",
  "/nowhere",
];
const MEMBERS = [
  "now",
  "advanceMs",
  "advanceSeconds",
  "email",
  "fileIds",
  "authorizationUrl",
  "name",
  "mimeType",
  "sizeBytes",
  "contentBase64",
  "imageMediaMetadata",
  "exportsBase64",
  "role",
  "to",
  "members",
  "drive",
  "oauth",
  "quotas",
  "since",
  "limit",
  "__proto__",
  "constructor",
];
const value = fc.oneof(fc.jsonValue(), fc.constantFrom("alice@example.com", "image/png", "x", 1e300, -1));
const call = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
  place: fc.constantFrom(...PLACES),
  query: fc.option(fc.dictionary(fc.constantFrom(...MEMBERS), fc.string()), { nil: {} }),
  body: fc.oneof(
    fc.dictionary(fc.constantFrom(...MEMBERS), value, { maxKeys: 4 }).map((body) => JSON.stringify(body)),
    fc.jsonValue().map((body) => JSON.stringify(body)),
    fc.string(),
  ),
});

describe("the control API and garbage", () => {
  it("is answered with a refusal in the API's own shape or done, and never with a failure", () =>
    withSandbox(async ({ sandbox }) => {
      await fc.assert(
        fc.asyncProperty(call, async ({ method, place, query, body }) => {
          const path = `/sandbox/api${place}?${new URLSearchParams(query).toString()}`;
          const sent = method === "GET" ? {} : { headers: { "content-type": "application/json" }, body };
          const { status, text } = await callRaw(sandbox, { method, path, ...sent });
          expect(status).toBeLessThan(500);
          if (status >= 400) expect(JSON.parse(text).error).toMatchObject({ code: expect.any(String) });
        }),
        { numRuns: 500 },
      );
      expect(sandbox.requests.find({ kind: "unknown" })).toEqual([]);
    }));
});
