import { describe, expect, it } from "vitest";
import { withSandbox } from "../../testing/with-sandbox.ts";
import { callControl } from "../testing/control-client.ts";

describe("quotas over HTTP", () => {
  it("tell what was used up, limited or not, and forget it when told to", () =>
    withSandbox(async ({ sandbox, client }) => {
      const { body: tokens } = await client.connect();
      await client.get("/drive/v3/about?fields=user", tokens.access_token);
      const { status, body } = await callControl(sandbox, "GET /quotas");
      expect([status, body]).toEqual([200, JSON.parse(JSON.stringify(sandbox.quotas.report()))]);
      expect(JSON.stringify(body)).toContain("alice@example.com");
      expect(await callControl(sandbox, "DELETE /quotas")).toMatchObject({ status: 204 });
      expect(JSON.stringify((await callControl(sandbox, "GET /quotas")).body)).not.toContain(
        "alice@example.com",
      );
    }));
});
