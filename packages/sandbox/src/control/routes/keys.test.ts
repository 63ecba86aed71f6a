import { describe, expect, it } from "vitest";
import { withSandbox } from "../../testing/with-sandbox.ts";
import { callControl } from "../testing/control-client.ts";

describe("signing keys over HTTP", () => {
  it("are rotated: a new key comes first, and the former one stays published", () =>
    withSandbox(async ({ sandbox }) => {
      const kids = async () => {
        const answer = await fetch(`${sandbox.origin}/oauth2/v3/certs`);
        const { keys } = (await answer.json()) as { keys: { kid: string }[] };
        return keys.map(({ kid }) => kid);
      };
      const before = await kids();
      expect(await callControl(sandbox, "POST /keys/rotate")).toMatchObject({ status: 204, body: null });
      const after = await kids();
      expect(after).toHaveLength(2);
      expect(after.slice(1)).toEqual(before);
    }));
});
