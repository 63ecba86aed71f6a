import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RequestEntry } from "./request-entry.ts";
import { RequestLog } from "./request-log.ts";
import { RequestWaitTimeout } from "./request-wait.ts";
import { SandboxClosedError } from "./sandbox-closed-error.ts";

function entry(changes: Partial<RequestEntry> = {}): {
  -readonly [Name in keyof RequestEntry]: RequestEntry[Name];
} {
  return {
    kind: "files.get",
    method: "GET",
    path: "/drive/v3/files/1",
    fileId: "1",
    email: "alice@example.com",
    clientId: "app",
    batched: false,
    units: 5,
    fault: null,
    status: 200,
    outcome: "sent",
    bytesIn: 0,
    bytesOut: 10,
    atMs: 0,
    ...changes,
  };
}

describe("a request log", () => {
  it("finds entries by kind, file, person, client, status, fault, outcome and mark", () => {
    const log = new RequestLog();
    const first = entry();
    const second = entry({ kind: "files.get.media", fileId: "2", fault: "reset", status: 0, outcome: "cut" });
    const third = entry({ kind: "oauth.token", fileId: null, email: "bob@example.com", clientId: "other" });
    for (const each of [first, second, third]) log.add(each);
    expect(log.find()).toEqual([first, second, third]);
    expect(log.find({ kind: "files.get" })).toEqual([first]);
    expect(log.find({ kind: "files.*" })).toEqual([first, second]);
    expect(log.find({ fileId: "2" })).toEqual([second]);
    expect(log.find({ email: "bob@example.com" })).toEqual([third]);
    expect(log.find({ clientId: "other" })).toEqual([third]);
    expect(log.find({ status: 0 })).toEqual([second]);
    expect(log.find({ fault: "*" })).toEqual([second]);
    expect(log.find({ fault: "stall" })).toEqual([]);
    expect(log.find({ outcome: "cut" })).toEqual([second]);
    expect(log.find({ since: 2 })).toEqual([third]);
  });

  it("counts what it finds for a kind with a star, and what it no longer keeps", () => {
    const log = new RequestLog();
    for (const kind of ["files.get", "files.get", "files.list", "about"]) log.add(entry({ kind }));
    const counts = ["files.*", "files.get", "*", "f*t", "none"].map((kind) => log.count(kind));
    expect(counts).toEqual([3, 2, 4, 0, 0]);
    for (const kind of ["files.*", "*"]) expect(log.find({ kind })).toHaveLength(log.count(kind));
    for (let index = 0; index < 200_000; index += 1) log.add(entry({ kind: "files.list" }));
    expect(log.count("files.*")).toBe(200_003);
  });

  it("sums up kinds, statuses, units by user, faults, cut answers and bytes, from a mark on", () => {
    const log = new RequestLog();
    log.add(entry({ kind: "about" }));
    const mark = log.mark();
    log.add(entry({ bytesIn: 3 }));
    log.add(entry({ fault: "status", status: 503, email: null }));
    log.add(entry({ kind: "files.list", units: 100, outcome: "cut" }));
    log.add(entry({ outcome: "open" }));
    expect(log.summary(mark)).toEqual({
      requests: 4,
      byKind: { "files.get": 3, "files.list": 1 },
      byStatus: { 200: 3, 503: 1 },
      unitsByUser: { "alice@example.com": 110 },
      faults: { status: 1 },
      cut: 1,
      open: 1,
      bytesIn: 3,
      bytesOut: 40,
    });
  });

  it("has no entries and no counts after it was cleared, while marks go on", () => {
    const log = new RequestLog();
    log.add(entry());
    log.add(entry());
    log.clear();
    expect([log.count(), log.count("files.get"), log.find()]).toEqual([0, 0, []]);
    const mark = log.mark();
    log.add(entry({ kind: "about" }));
    expect([mark, log.count(), log.count("about")]).toEqual([2, 1, 1]);
    expect(log.since(mark)).toHaveLength(1);
    expect(log.since(0)).toHaveLength(1);
  });

  it("finds what a plain filter over all entries would find", () => {
    const kinds = fc.constantFrom("files.get", "files.list", "oauth.token");
    const statuses = fc.constantFrom(0, 200, 503);
    const entries = fc.array(fc.record({ kind: kinds, status: statuses }));
    fc.assert(
      fc.property(entries, kinds, statuses, fc.nat(5), (changes, kind, status, since) => {
        const log = new RequestLog();
        const all = changes.map((change) => entry(change));
        for (const each of all) log.add(each);
        const wanted = all.slice(since).filter((each) => each.kind === kind && each.status === status);
        expect(log.find({ kind, status, since })).toEqual(wanted);
      }),
    );
  });
});

describe("waiting for requests", () => {
  it("ends at once when enough of them are in the log", async () => {
    const log = new RequestLog();
    const known = entry();
    log.add(known);
    expect(await log.waitFor({ kind: "files.get" })).toEqual([known]);
  });

  it("ends when the last one that is missing comes", async () => {
    const log = new RequestLog();
    log.add(entry());
    const waiting = log.waitFor({ kind: "files.get", since: log.mark() }, { count: 2 });
    const [first, other, second] = [entry(), entry({ kind: "about" }), entry()];
    for (const each of [first, other, second]) log.add(each);
    expect(await waiting).toEqual([first, second]);
  });

  it("ends for the outcome 'sent' only when the answer is over", async () => {
    const log = new RequestLog();
    const known = entry({ outcome: "open" });
    log.add(known);
    const waiting = log.waitFor({ outcome: "sent" });
    known.outcome = "sent";
    log.complete(known);
    expect(await waiting).toEqual([known]);
  });

  it("is not disturbed by answers that end but came before the mark", async () => {
    const log = new RequestLog();
    const former = entry({ outcome: "open" });
    log.add(former);
    const waiting = log.waitFor({ outcome: "sent", since: log.mark() });
    former.outcome = "sent";
    log.complete(former);
    const later = entry();
    log.add(later);
    expect(await waiting).toEqual([later]);
  });

  it("fails in time, and says how many came", async () => {
    const log = new RequestLog();
    log.add(entry());
    const waiting = log.waitFor({}, { count: 2, timeoutMs: 1 });
    await expect(waiting).rejects.toThrow(new RequestWaitTimeout({ found: 1, count: 2, timeoutMs: 1 }));
  });

  it("fails when its signal ends it, and when the log is closed", async () => {
    const log = new RequestLog();
    const gone = new AbortController();
    const waiting = log.waitFor({}, { signal: gone.signal });
    gone.abort(new Error("gone"));
    await expect(waiting).rejects.toThrow("gone");
    await expect(log.waitFor({}, { signal: gone.signal })).rejects.toThrow("gone");
    const late = log.waitFor({});
    log.close();
    await expect(late).rejects.toThrow("closed");
    await expect(late).rejects.toBeInstanceOf(SandboxClosedError);
  });

  it.each([
    ["count", { count: 0 }],
    ["count", { count: 1.5 }],
    ["timeoutMs", { timeoutMs: -1 }],
    ["timeoutMs", { timeoutMs: 2 ** 31 }],
  ])("is refused with a RangeError for a %s that is none", async (name, options) => {
    await expect(new RequestLog().waitFor({}, options)).rejects.toThrow(RangeError);
    await expect(new RequestLog().waitFor({}, options)).rejects.toThrow(name);
  });
});
