import { Agent, request } from "node:http";
import { describe, expect, it } from "vitest";
import type { FaultRule } from "./fault-rule.ts";
import { type FaultRig, withFaults } from "./testing/with-faults.ts";

const MEDIA = "files.get.media";

/** Asks over one connection that is kept as long as it lasts, one request after the other; says how each ended. */
async function askInTurn({ sandbox, token }: FaultRig, asked: readonly (readonly [string, string])[]) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const outcomes: string[] = [];
  for (const [method, path] of asked) {
    const { promise, resolve } = Promise.withResolvers<string>();
    const headers = { authorization: `Bearer ${token}` };
    let bytes = 0;
    const sent = request(new URL(path, sandbox.origin), { method, headers, agent }, (response) => {
      response.on("data", (piece: Buffer) => {
        bytes += piece.byteLength;
      });
      response.on("end", () => resolve(`${response.statusCode} with ${bytes} bytes`));
      response.on("error", () => resolve(`broken after ${bytes} bytes`));
    });
    sent.on("error", () => resolve(`broken after ${bytes} bytes`));
    sent.end();
    outcomes.push(await promise);
  }
  agent.destroy();
  return outcomes;
}

const hitsOf = ({ sandbox }: FaultRig) => sandbox.faults.plan.rules.map(({ hits }) => hits);

describe("a fault of the answer's body", () => {
  it.each([
    [{ kind: "reset", afterBytes: 5000 }],
    [{ kind: "truncate", afterBytes: 5000 }],
    [{ kind: "reset", afterBytes: 20 }],
    [{ kind: "truncate", afterBytes: 20 }],
  ] as const)("%j on a body of 20 bytes is felt by the request that it hits and not by the next", (fault) =>
    withFaults(async (rig) => {
      const content = Buffer.alloc(20, 1);
      const sub = rig.file.ownerSub;
      const small = rig.sandbox.drive.addFile(sub, { name: "small", mimeType: "image/png", content });
      rig.put({ route: "*", times: 1, fault });
      const path = `/drive/v3/files/${small.id}?alt=media`;
      expect(
        await askInTurn(rig, [
          ["GET", path],
          ["GET", path],
        ]),
      ).toEqual(["broken after 19 bytes", "200 with 20 bytes"]);
      expect(rig.sandbox.requests.find({ fault: fault.kind })).toMatchObject([
        { bytesOut: 19, outcome: "cut" },
      ]);
      expect(hitsOf(rig)).toEqual([1]);
    }),
  );

  it.each([5000, 20])("stall after %i bytes of a body of 20 comes before its last byte", (afterBytes) =>
    withFaults(async ({ ask, file, put, sandbox }) => {
      const content = Buffer.alloc(20, 1);
      const small = sandbox.drive.addFile(file.ownerSub, { name: "small", mimeType: "image/png", content });
      put({ route: MEDIA, fault: { kind: "stall", afterBytes } });
      const path = `/drive/v3/files/${small.id}?alt=media`;
      const { body, end } = await ask(path, { leaveAfterBodyBytes: 19 });
      expect([body.length, end]).toEqual([19, "left by the client"]);
      const [entry] = await sandbox.requests.waitFor({ kind: MEDIA, outcome: "cut" });
      expect(entry).toMatchObject({ fault: "stall", bytesOut: 19 });
    }),
  );

  it.each<FaultRule["fault"]>([
    { kind: "reset", afterBytes: 10 },
    { kind: "truncate", afterBytes: 10 },
    { kind: "stall", afterBytes: 10 },
    { kind: "wrongLength", byBytes: 5 },
    { kind: "wrongLength" },
    { kind: "flipByte" },
    { kind: "slow", bytesPerSecond: 100_000 },
  ])("%j passes over HEAD and 204, which have none, and is there for what comes next", (fault) =>
    withFaults(async (rig) => {
      const { sandbox, file } = rig;
      const content = Buffer.alloc(3);
      const gone = sandbox.drive.addFile(file.ownerSub, { name: "gone", mimeType: "image/png", content });
      rig.put({ route: [MEDIA, "files.delete"], times: 1, fault });
      const outcomes = await askInTurn(rig, [
        ["HEAD", `/drive/v3/files/${file.id}?alt=media`],
        ["DELETE", `/drive/v3/files/${gone.id}`],
      ]);
      expect(outcomes).toEqual(["200 with 0 bytes", "204 with 0 bytes"]);
      expect(sandbox.requests.find({ fault: "*" })).toEqual([]);
      // The attempt of a HEAD is not counted; that of the deletion is, because its answer might have had a body.
      expect(sandbox.faults.plan.rules).toMatchObject([{ matched: 1, hits: 0 }]);
      await rig.ask(`/drive/v3/files/${file.id}?alt=media`, { leaveAfterBodyBytes: 10 });
      expect(hitsOf(rig)).toEqual([1]);
    }),
  );

  it("a body that is longer than Content-Length says ends the connection, and the client knows", () =>
    withFaults(async (rig) => {
      rig.put({ route: MEDIA, times: 1, fault: { kind: "wrongLength", byBytes: -10 } });
      const path = `/drive/v3/files/${rig.file.id}?alt=media`;
      const outcomes = await askInTurn(rig, [
        ["GET", path],
        ["GET", path],
      ]);
      expect(outcomes[1]).toBe("200 with 600000 bytes");
      rig.put({ route: MEDIA, times: 1, fault: { kind: "wrongLength", byBytes: -10 } });
      const { headers } = await rig.ask(path, { headers: { connection: "keep-alive" } });
      expect(headers.get("connection")).toBe("close");
    }));
});

describe("a fault without effect", () => {
  it.each<[string, FaultRule["fault"]]>([
    ["a byte behind the end", { kind: "flipByte", atByte: 600_000 }],
    ["a chunk that is kept whole", { kind: "partialPersist", keptBytes: 300_000 }],
    ["an upload that holds nothing", { kind: "withhold" }],
    ["a body that nobody reads", { kind: "reset", afterRequestBytes: 1 }],
    ["a slow body that nobody reads", { kind: "slow", bytesPerSecond: 1, of: "request" }],
  ])("is no hit, is not in the log and does not use up times: %s", (_what, fault) =>
    withFaults(async (rig) => {
      const { ask, file, bytes, put, sandbox } = rig;
      put({ route: "*", times: 1, fault });
      const { body } = await ask(`/drive/v3/files/${file.id}?alt=media`);
      expect(body.equals(bytes)).toBe(true);
      const session = "/upload/drive/v3/files?uploadType=resumable&upload_id=none";
      const answer = await ask(session, { method: "PUT", body: Buffer.alloc(300_000) });
      expect(answer.status).toBe(404);
      expect(hitsOf(rig)).toEqual([0]);
      expect(sandbox.requests.find({ fault: "*" })).toEqual([]);
    }),
  );

  it("a redirect of a download that is refused leaves the rule to the next one", () =>
    withFaults(async (rig) => {
      rig.put({ route: MEDIA, times: 1, fault: { kind: "redirect" } });
      expect((await rig.ask("/drive/v3/files/none?alt=media")).status).toBe(404);
      expect(hitsOf(rig)).toEqual([0]);
      expect((await rig.ask(`/drive/v3/files/${rig.file.id}?alt=media`)).status).toBe(302);
      expect(hitsOf(rig)).toEqual([1]);
    }));

  it("leaves the wait of another rule in the log", () =>
    withFaults(async ({ ask, file, put, lastEntry }) => {
      put(
        { route: "*", fault: { kind: "latency", ms: 1 } },
        { route: "*", fault: { kind: "flipByte", atByte: 9e9 } },
      );
      await ask(`/drive/v3/files/${file.id}`);
      expect(lastEntry()?.fault).toBe("latency");
    }));
});

describe("an attempt to which no fault of the rule can happen", () => {
  it("is not counted: a part of a batch leaves the first attempt to the request that comes alone", () =>
    withFaults(async (rig) => {
      const { ask, file, put, sandbox } = rig;
      put({ route: "files.get", attempt: 1, fault: { kind: "reset" } });
      const call = `GET /drive/v3/files/${file.id} HTTP/1.1`;
      const part = `--x\r\nContent-Type: application/http\r\n\r\n${call}\r\n\r\n\r\n--x--\r\n`;
      const headers = { "content-type": "multipart/mixed; boundary=x" };
      const batch = await ask("/batch/drive/v3", { method: "POST", headers, body: Buffer.from(part) });
      expect(batch.body.toString()).toContain("HTTP/1.1 200");
      expect(sandbox.faults.plan.rules).toMatchObject([{ matched: 0, hits: 0 }]);
      expect((await ask(`/drive/v3/files/${file.id}`)).end).toBe("reset");
      expect(hitsOf(rig)).toEqual([1]);
    }));

  it("draws among the faults of the rule that can happen to it", () =>
    withFaults(async ({ ask, file, put }) => {
      put({
        route: "files.get",
        fault: [{ kind: "reset" }, { kind: "status", status: 503 }, { kind: "never" }],
      });
      const call = `GET /drive/v3/files/${file.id} HTTP/1.1`;
      const part = `--x\r\nContent-Type: application/http\r\n\r\n${call}\r\n\r\n\r\n`;
      const headers = { "content-type": "multipart/mixed; boundary=x" };
      const body = Buffer.from(`${part.repeat(5)}--x--\r\n`);
      const batch = await ask("/batch/drive/v3", { method: "POST", headers, body });
      expect(batch.body.toString().match(/HTTP\/1\.1 \d+/g)).toEqual(Array(5).fill("HTTP/1.1 503"));
    }));
});
