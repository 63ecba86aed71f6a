import { describe, expect, it } from "vitest";
import { exchange } from "./testing/exchange.ts";
import { withFaults } from "./testing/with-faults.ts";

const RENAME = {
  method: "PATCH",
  headers: { "content-type": "application/json" },
  body: Buffer.from('{"name":"other"}'),
};

describe("a fault before the answer", () => {
  it.each([{ kind: "never" } as const, { kind: "stall" } as const])(
    "%j: nothing comes until the client leaves, and nothing was done",
    (fault) =>
      withFaults(async ({ ask, file, put, sandbox }) => {
        put({ route: "files.update", fault });
        const leaving = new AbortController();
        const asked = ask(`/drive/v3/files/${file.id}`, { ...RENAME, leaveOn: leaving.signal });
        while (sandbox.faults.plan.rules[0]?.hits !== 1) await new Promise(setImmediate);
        leaving.abort();
        expect(await asked).toMatchObject({ status: 0, end: "left by the client" });
        const [entry] = await sandbox.requests.waitFor({ kind: "files.update" });
        expect(entry).toMatchObject({ fault: fault.kind, status: 0, outcome: "cut", bytesOut: 0 });
        expect(sandbox.drive.get(file.id)?.name).toBe("a.jpg");
      }),
  );

  it("stall: for a while, and then the request is carried out", () =>
    withFaults(async ({ ask, file, put, sandbox }) => {
      put({ route: "files.update", fault: { kind: "stall", forMs: 20 } });
      expect((await ask(`/drive/v3/files/${file.id}`, RENAME)).status).toBe(200);
      expect(sandbox.drive.get(file.id)?.name).toBe("other");
    }));

  it("latency: a client that has left does not keep its request from being carried out", () =>
    withFaults(async ({ ask, file, put, sandbox }) => {
      put({ route: "files.update", fault: { kind: "latency", ms: 50 } });
      const leaving = new AbortController();
      const asked = ask(`/drive/v3/files/${file.id}`, { ...RENAME, leaveOn: leaving.signal });
      while (sandbox.faults.plan.rules[0]?.hits !== 1) await new Promise(setImmediate);
      leaving.abort();
      await asked;
      await sandbox.requests.waitFor({ kind: "files.update", outcome: "cut" });
      while (sandbox.drive.get(file.id)?.name !== "other") await new Promise(setImmediate);
      expect(sandbox.requests.find({ kind: "files.update" })).toHaveLength(1);
    }));

  it("latency: a request that still waits when the sandbox closes is not carried out", () =>
    withFaults(async ({ ask, file, put, sandbox }) => {
      put({ route: "files.update", fault: { kind: "latency", ms: 60_000 } });
      const asked = ask(`/drive/v3/files/${file.id}`, RENAME);
      while (sandbox.faults.plan.rules[0]?.hits !== 1) await new Promise(setImmediate);
      await sandbox.close();
      expect((await asked).status).toBe(0);
      expect(sandbox.drive.get(file.id)?.name).toBe("a.jpg");
    }));

  it("is for one person alone where the rule says so, and the log says whom it met", () =>
    withFaults(async ({ ask, file, put, sandbox, lastEntry }) => {
      const fault = { kind: "status", reason: "backendError" } as const;
      const path = `/drive/v3/files/${file.id}`;
      put({ route: "files.get", email: "bob@example.com", fault });
      expect((await ask(path)).status).toBe(200);
      put({ route: "files.get", email: "alice@example.com", clientId: sandbox.clientId, fault });
      expect((await ask(path, { headers: { authorization: "Bearer nothing" } })).status).toBe(401);
      expect((await ask(path)).status).toBe(503);
      const who = { email: "alice@example.com", clientId: sandbox.clientId };
      expect(lastEntry()).toMatchObject({ ...who, fault: "status", status: 503, outcome: "sent" });
    }));

  it("is for the requests about files of one name", () =>
    withFaults(async ({ ask, file, put, sandbox }) => {
      const other = sandbox.drive.addFile(file.ownerSub, {
        name: "b.png",
        mimeType: "image/png",
        content: Buffer.alloc(3),
      });
      put({ route: "files.*", name: "*.png", fault: { kind: "status", status: 500 } });
      expect((await ask(`/drive/v3/files/${file.id}`)).status).toBe(200);
      expect((await ask(`/drive/v3/files/${other.id}`)).status).toBe(500);
    }));
});

describe("a fault within a batch", () => {
  it("is an answer of the part that it meets; a part has no connection to break", () =>
    withFaults(async ({ ask, file, put, sandbox }) => {
      put(
        { route: "files.get", fault: { kind: "reset" } },
        { route: "files.get", attempt: 2, fault: { kind: "status", reason: "userRateLimitExceeded" } },
      );
      const part = (id: number) =>
        `--x\r\nContent-Type: application/http\r\nContent-ID: <${id}>\r\n\r\nGET /drive/v3/files/${file.id} HTTP/1.1\r\n\r\n\r\n`;
      const { status, body } = await ask("/batch/drive/v3", {
        method: "POST",
        headers: { "content-type": "multipart/mixed; boundary=x" },
        body: Buffer.from(`${part(1)}${part(2)}--x--\r\n`),
      });
      expect(status).toBe(200);
      expect(body.toString().match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 403", "HTTP/1.1 200"]);
      expect(sandbox.requests.find({ fault: "status" })).toMatchObject([{ batched: true, status: 403 }]);
      expect(sandbox.faults.plan.rules.map(({ hits }) => hits)).toEqual([0, 1]);
    }));

  it("breaks the whole when the rule is for the batch", () =>
    withFaults(async ({ ask, put }) => {
      put({ route: "batch", fault: { kind: "reset" } });
      const answer = await ask("/batch/drive/v3", { method: "POST", body: Buffer.from("--x--") });
      expect(answer).toMatchObject({ status: 0, end: "reset" });
    }));
});

describe("pages and the control API", () => {
  it("meet no faults", () =>
    withFaults(async ({ put, sandbox }) => {
      put({ route: "*", fault: { kind: "reset" } });
      expect((await exchange(sandbox.origin)).status).toBe(200);
      expect((await exchange(`${sandbox.origin}/sandbox/api/faults`)).status).toBe(200);
      expect((await exchange(`${sandbox.origin}/drive/v3/about`)).end).toBe("reset");
    }));
});

describe("clients in use", () => {
  it.each([
    { kind: "truncate", afterBytes: 1000 } as const,
    { kind: "reset", afterBytes: 1000 } as const,
    { kind: "wrongLength", byBytes: 5 } as const,
    { kind: "lostAnswer" } as const,
  ])("fetch fails with %j, and does not take the bytes for the file", (fault) =>
    withFaults(async ({ file, put, sandbox, token }) => {
      put({ route: "files.get.media", fault });
      const url = `${sandbox.origin}/drive/v3/files/${file.id}?alt=media`;
      const whole = fetch(url, { headers: { authorization: `Bearer ${token}` } }).then((response) =>
        response.arrayBuffer(),
      );
      await expect(whole).rejects.toThrow();
      const [entry] = await sandbox.requests.waitFor({ kind: "files.get.media", outcome: "cut" });
      expect(entry?.fault).toBe(fault.kind);
    }),
  );

  it("a client that keeps its connections goes on with new ones after faults of every kind", () =>
    withFaults(async ({ file, put, sandbox, token }) => {
      const url = `${sandbox.origin}/drive/v3/files/${file.id}?alt=media`;
      const download = async () => {
        const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
        return (await response.arrayBuffer()).byteLength;
      };
      for (const afterBytes of [0, 1, 70_000]) {
        put({ route: "*", times: 1, fault: { kind: "truncate", afterBytes } });
        await expect(download()).rejects.toThrow();
        expect(await download()).toBe(600_000);
      }
    }));
});

describe("an answer that is broken off", () => {
  it("has brought all bytes that were to come to a client that reads late", () =>
    withFaults(async ({ ask, file, put, sandbox }) => {
      const content = Buffer.alloc(12_000_000, 5);
      const { id } = sandbox.drive.addFile(file.ownerSub, {
        name: "large",
        mimeType: "video/mp4",
        content,
      });
      put({ route: "files.get.media", fault: { kind: "reset", afterBytes: 11_999_999 } });
      const { body, end } = await ask(`/drive/v3/files/${id}?alt=media`, { idleMs: 200 });
      expect([body.length, end]).toEqual([11_999_999, "reset"]);
    }));

  it("may stall when only its head has come", () =>
    withFaults(async ({ ask, file, put, sandbox }) => {
      put({ route: "files.get.media", fault: { kind: "stall", afterBytes: 0 } });
      const path = `/drive/v3/files/${file.id}?alt=media`;
      const { status, headers } = await ask(path, { leaveAfterBodyBytes: 0 });
      expect([status, headers.get("content-length")]).toEqual([200, "600000"]);
      const [entry] = await sandbox.requests.waitFor({ kind: "files.get.media", outcome: "cut" });
      expect(entry).toMatchObject({ fault: "stall", bytesOut: 0 });
    }));
});
