import { describe, expect, it } from "vitest";
import { withSandbox } from "../../testing/with-sandbox.ts";
import { callControl } from "../testing/control-client.ts";

const START = Date.UTC(2026, 0, 15, 12);
const DRIVE = "https://www.googleapis.com/auth/drive";

describe("the clock over HTTP", () => {
  it("shows the time, moves on and back, and is put to a time", () =>
    withSandbox(async ({ sandbox }) => {
      const read = async (body?: unknown) =>
        (await callControl(sandbox, `${body ? "PUT" : "GET"} /clock`, body)).body;
      expect(await read()).toEqual({ now: "2026-01-15T12:00:00.000Z", nowMs: START, offsetMs: 0 });
      expect(await read({ advanceSeconds: 1.5 })).toMatchObject({ nowMs: START + 1500, offsetMs: 1500 });
      expect(await read({ advanceMs: -2000 })).toMatchObject({ nowMs: START - 500, offsetMs: -500 });
      const put = { now: "2026-02-01T01:00:00+01:00" };
      expect(await read(put)).toMatchObject({ now: "2026-02-01T00:00:00.000Z" });
      expect(sandbox.clock.now()).toBe(Date.UTC(2026, 1, 1));
    }));

  it.each([
    [{}, undefined],
    [{ now: "tomorrow" }, "now"],
    [{ now: "2026-02-30T00:00:00Z" }, "now"],
    [{ now: "2026-01-01T00:00:00" }, "now"],
    [{ now: "2026-01-01T00:00Z" }, "now"],
    [{ advanceMs: 0.5 }, "advanceMs"],
    [{ advanceMs: 1e15 }, undefined],
    [{ advanceSeconds: -1e13 }, undefined],
    [{ advanceSeconds: 1e300 }, undefined],
    [{ advanceSeconds: "60" }, "advanceSeconds"],
    [{ advanceMs: 1, advanceSeconds: 1 }, undefined],
  ])("stays where it is for %j: 400 invalid_value", (body, field) =>
    withSandbox(async ({ sandbox }) => {
      const answer = await callControl(sandbox, "PUT /clock", body);
      expect([answer.status, answer.body.error?.code, answer.body.error?.field]).toEqual([
        400,
        "invalid_value",
        field,
      ]);
      expect(sandbox.clock.offsetMs).toBe(0);
    }),
  );

  it("lets an access token expire when it is moved on by an hour", () =>
    withSandbox(async ({ sandbox, client }) => {
      const { body: tokens } = await client.connect();
      const about = "/drive/v3/about?fields=user";
      expect(await client.get(about, tokens.access_token)).toMatchObject({ status: 200 });
      await callControl(sandbox, "PUT /clock", { advanceSeconds: 3600 });
      expect(await client.get(about, tokens.access_token)).toMatchObject({ status: 401 });
    }));

  it("lets a page token expire when it is moved on by hours", () =>
    withSandbox(
      async ({ sandbox, client }) => {
        const [alice] = sandbox.accounts;
        for (const name of ["a", "b", "c"]) {
          sandbox.drive.addFile(alice?.sub ?? "", {
            name,
            mimeType: "text/plain",
            content: Buffer.from(name),
          });
        }
        const { body: tokens } = await client.connect({ scope: DRIVE });
        const list = "/drive/v3/files?pageSize=1";
        const first = await client.get(list, tokens.access_token);
        const next = `${list}&pageToken=${encodeURIComponent(String(first.body.nextPageToken))}`;
        expect(await client.get(next, tokens.access_token)).toMatchObject({ status: 200 });
        await callControl(sandbox, "PUT /clock", { advanceSeconds: 5 * 3600 });
        const late = await client.get(next, tokens.access_token);
        expect(late).toMatchObject({ status: 400, body: { error: { errors: [{ location: "pageToken" }] } } });
      },
      { accessTokenLifetimeSeconds: 24 * 3600 },
    ));
});
