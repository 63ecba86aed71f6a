import { describe, expect, it } from "vitest";
import { withFaults } from "./testing/with-faults.ts";

const MEDIA = "files.get.media";

describe("a fault of the answer to a download", () => {
  it("status: answers with Google's envelope for the reason, and Retry-After where asked for", () =>
    withFaults(async ({ ask, file, put, lastEntry }) => {
      put({ route: MEDIA, fault: { kind: "status", reason: "userRateLimitExceeded", retryAfterSeconds: 3 } });
      const { status, headers, body } = await ask(`/drive/v3/files/${file.id}?alt=media`);
      expect(status).toBe(403);
      expect(headers.get("retry-after")).toBe("3");
      expect(JSON.parse(body.toString()).error).toMatchObject({
        code: 403,
        errors: [{ domain: "usageLimits", reason: "userRateLimitExceeded" }],
      });
      expect(lastEntry()).toMatchObject({ kind: MEDIA, fault: "status", status: 403, outcome: "sent" });
    }));

  it("status: a 5xx may come as a page, or empty, and Retry-After as a date", () =>
    withFaults(async ({ ask, file, put, sandbox }) => {
      const path = `/drive/v3/files/${file.id}?alt=media`;
      put({ route: MEDIA, fault: { kind: "status", status: 502, body: "html" } });
      const page = await ask(path);
      expect([page.status, page.headers.get("content-type")]).toEqual([502, "text/html; charset=UTF-8"]);
      const retry = { retryAfterSeconds: 60, retryAfterAsDate: true };
      put({ route: MEDIA, fault: { kind: "status", status: 503, body: "empty", ...retry } });
      const empty = await ask(path);
      expect([empty.status, empty.body.length]).toEqual([503, 0]);
      const at = Date.parse(empty.headers.get("retry-after") ?? "");
      expect(at).toBe(sandbox.clock.now() + 60_000);
    }));

  it("html: a sign-in page comes with status 200", () =>
    withFaults(async ({ ask, file, put }) => {
      put({ route: MEDIA, fault: { kind: "html" } });
      const { status, headers, body } = await ask(`/drive/v3/files/${file.id}?alt=media`);
      expect([status, headers.get("content-type")]).toEqual([200, "text/html; charset=UTF-8"]);
      expect(body.toString()).toContain("Sign in");
    }));

  it.each([0, 1, 100_000, 599_999])(
    "reset after %i bytes: exactly these arrive, then a reset",
    (afterBytes) =>
      withFaults(async ({ ask, file, bytes, put, lastEntry, sandbox }) => {
        put({ route: MEDIA, fault: { kind: "reset", afterBytes } });
        const { status, headers, body, end } = await ask(`/drive/v3/files/${file.id}?alt=media`);
        expect({ status, end, length: headers.get("content-length") }).toEqual({
          status: 200,
          end: "reset",
          length: "600000",
        });
        expect(body.equals(bytes.subarray(0, afterBytes))).toBe(true);
        await sandbox.requests.waitFor({ kind: MEDIA, outcome: "cut" });
        expect(lastEntry()).toMatchObject({ fault: "reset", outcome: "cut", bytesOut: afterBytes });
      }),
  );

  it("reset: without a number of bytes the request is not looked at", () =>
    withFaults(async ({ ask, file, put, lastEntry, sandbox }) => {
      put({ route: "files.delete", fault: { kind: "reset" } });
      const { status, end } = await ask(`/drive/v3/files/${file.id}`, { method: "DELETE" });
      expect({ status, end }).toEqual({ status: 0, end: "reset" });
      expect(sandbox.drive.get(file.id)).toBeDefined();
      await sandbox.requests.waitFor({ kind: "files.delete" });
      expect(lastEntry()).toMatchObject({ status: 0, outcome: "cut", fault: "reset" });
    }));

  it("truncate: the connection ends in order, with fewer bytes than were promised", () =>
    withFaults(async ({ ask, file, bytes, put, lastEntry }) => {
      put({ route: MEDIA, fault: { kind: "truncate", afterBytes: 1234 } });
      const { headers, body, end } = await ask(`/drive/v3/files/${file.id}?alt=media`);
      expect([end, headers.get("content-length")]).toEqual(["closed", "600000"]);
      expect(body.equals(bytes.subarray(0, 1234))).toBe(true);
      expect(lastEntry()).toMatchObject({ fault: "truncate", outcome: "cut", bytesOut: 1234 });
    }));

  it("stall: so many bytes come and then nothing, until the client leaves", () =>
    withFaults(async ({ ask, file, bytes, put, sandbox }) => {
      put({ route: MEDIA, fault: { kind: "stall", afterBytes: 50_000 } });
      const question = { leaveAfterBodyBytes: 50_000 };
      const { body, end } = await ask(`/drive/v3/files/${file.id}?alt=media`, question);
      expect(end).toBe("left by the client");
      expect(body.equals(bytes.subarray(0, 50_000))).toBe(true);
      const [entry] = await sandbox.requests.waitFor({ kind: MEDIA, outcome: "cut" });
      expect(entry).toMatchObject({ fault: "stall", outcome: "cut" });
    }));

  it("stall: for a while only, all bytes come in the end", () =>
    withFaults(async ({ ask, file, bytes, put }) => {
      put({ route: MEDIA, fault: { kind: "stall", afterBytes: 50_000, forMs: 30 } });
      const { body } = await ask(`/drive/v3/files/${file.id}?alt=media`);
      expect(body.equals(bytes)).toBe(true);
    }));

  it.each([
    [10, "600010", "cut"],
    [-10, "599990", "sent"],
    [undefined, null, "sent"],
  ] as const)("wrongLength by %s: Content-Length says %s, and all bytes come", (byBytes, length, outcome) =>
    withFaults(async ({ ask, file, bytes, put, sandbox }) => {
      put({ route: MEDIA, fault: { kind: "wrongLength", ...(byBytes !== undefined && { byBytes }) } });
      const { headers, body, end } = await ask(`/drive/v3/files/${file.id}?alt=media`);
      expect([headers.get("content-length"), end]).toEqual([length, "closed"]);
      if (length === null) expect(headers.get("transfer-encoding")).toBe("chunked");
      else expect(body.equals(bytes)).toBe(true);
      const [entry] = await sandbox.requests.waitFor({ kind: MEDIA, outcome });
      expect(entry?.bytesOut).toBe(600_000);
    }),
  );

  it("flipByte: one bit of one byte differs, and the length does not", () =>
    withFaults(async ({ ask, file, bytes, put }) => {
      put({ route: MEDIA, fault: { kind: "flipByte", atByte: 300_000 } });
      const { body } = await ask(`/drive/v3/files/${file.id}?alt=media`);
      const differing = [...body.keys()].filter((index) => body[index] !== bytes[index]);
      expect([body.length, differing]).toEqual([bytes.length, [300_000]]);
    }));

  it("flipByte: without a place it is the same place for the same seed", () =>
    withFaults(async ({ ask, file, bytes, put }) => {
      const places: number[] = [];
      for (let round = 0; round < 2; round += 1) {
        put({ route: MEDIA, fault: { kind: "flipByte" } });
        const { body } = await ask(`/drive/v3/files/${file.id}?alt=media`);
        places.push([...body.keys()].findIndex((index) => body[index] !== bytes[index]));
      }
      expect(places[0]).toBeGreaterThanOrEqual(0);
      expect(places[1]).toBe(places[0]);
    }));

  it("slow: all bytes come, if slowly", () =>
    withFaults(async ({ ask, file, bytes, put }) => {
      put({ route: MEDIA, fault: { kind: "slow", bytesPerSecond: 20_000_000 } });
      const { body } = await ask(`/drive/v3/files/${file.id}?alt=media`);
      expect(body.equals(bytes)).toBe(true);
    }));

  it("redirect: the bytes lie at another host, for whoever has the address", () =>
    withFaults(async ({ ask, file, bytes, put, sandbox, token }) => {
      put({ route: MEDIA, fault: { kind: "redirect", status: 307 } });
      const answer = await ask(`/drive/v3/files/${file.id}?alt=media`);
      const location = new URL(answer.headers.get("location") ?? "");
      expect([answer.status, answer.body.length, location.hostname]).toEqual([307, 0, "localhost"]);
      location.hostname = "127.0.0.1";
      const part = await fetch(location, { headers: { range: "bytes=5-9" } });
      expect(part.status).toBe(206);
      expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(5, 10))).toBe(true);
      expect(sandbox.requests.since(0).at(-1)?.email).toBeNull();
      await (await fetch(location, { headers: { authorization: `Bearer ${token}` } })).arrayBuffer();
      expect(sandbox.requests.since(0).at(-1)?.email).toBe("alice@example.com");
      location.searchParams.set("qk", "nothing");
      expect((await fetch(location)).status).toBe(404);
    }));
});

describe("a latency", () => {
  it("lets the request through, is named in the log, and keeps no other fault away", () =>
    withFaults(async ({ ask, file, put, lastEntry }) => {
      put(
        { route: "*", fault: { kind: "latency", ms: 5, jitterMs: 5 } },
        { route: "*", fault: { kind: "latency", ms: 5, distribution: "lognormal" } },
        { route: "files.get", attempt: 2, fault: { kind: "status", status: 500 } },
      );
      expect((await ask(`/drive/v3/files/${file.id}`)).status).toBe(200);
      expect(lastEntry()?.fault).toBe("latency");
      expect((await ask(`/drive/v3/files/${file.id}`)).status).toBe(500);
      expect(lastEntry()?.fault).toBe("status");
    }));
});

describe("a fault at the OAuth endpoints", () => {
  it("has the flat form of OAuth", () =>
    withFaults(async ({ ask, put, refreshToken, sandbox }) => {
      put({
        route: "oauth.token",
        fault: { kind: "status", status: 400, reason: "invalid_grant", subtype: "invalid_rapt" },
      });
      const form = new URLSearchParams({
        grant_type: "refresh_token",
        refresh_token: refreshToken,
        client_id: sandbox.clientId,
        client_secret: sandbox.clientSecret,
      });
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const answer = await ask("/token", { method: "POST", headers, body: Buffer.from(form.toString()) });
      expect(JSON.parse(answer.body.toString())).toEqual({
        error: "invalid_grant",
        error_subtype: "invalid_rapt",
      });
      put({ route: "oauth.token", fault: { kind: "status" } });
      const broken = await ask("/token", { method: "POST", headers, body: Buffer.from(form.toString()) });
      expect([broken.status, JSON.parse(broken.body.toString())]).toEqual([
        503,
        { error: "internal_failure" },
      ]);
    }));
});
