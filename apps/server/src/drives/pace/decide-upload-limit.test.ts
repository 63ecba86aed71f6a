import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  learnOfUploads,
  NO_UPLOADS,
  type UploadFacts,
  type UploadNews,
  uploadGate,
} from "./decide-upload-limit.ts";

const MINUTE_MS = 60_000;
const QUIET: UploadNews = { uploadsDone: 0, uploadsRefused: 0, othersRefused: 0 };
const REFUSED: UploadNews = { ...QUIET, uploadsRefused: 1 };

/** Uploads that are refused every half minute for so long. */
function refusedFor(minutes: number, facts: UploadFacts = NO_UPLOADS, startMs = 0): UploadFacts {
  let state = facts;
  for (let half = 0; half <= minutes * 2; half += 1) {
    state = learnOfUploads(state, REFUSED, startMs + half * (MINUTE_MS / 2));
  }
  return state;
}

describe("the upload limit of a day", () => {
  it("is reached when uploads are refused over and over for ten minutes", () => {
    expect(refusedFor(9).limited).toBeNull();
    expect(refusedFor(10).limited).not.toBeNull();
  });

  it("is not reached when one upload came through, or when other calls are refused too", () => {
    const after = learnOfUploads(refusedFor(9), { ...QUIET, uploadsDone: 1 }, 9.5 * MINUTE_MS);
    expect(refusedFor(9, after, 10 * MINUTE_MS).limited).toBeNull();
    const other = learnOfUploads(refusedFor(5), { ...QUIET, othersRefused: 1 }, 5 * MINUTE_MS);
    expect(refusedFor(10, other, 5.5 * MINUTE_MS).limited).toBeNull();
  });

  it("is not reached by refusals that lie far apart", () => {
    let facts = NO_UPLOADS;
    for (let hour = 0; hour < 100; hour += 1) facts = learnOfUploads(facts, REFUSED, hour * 60 * MINUTE_MS);
    expect(facts.limited).toBeNull();
  });

  it("lets one upload look every hour, by whichever node asks first", () => {
    const facts = refusedFor(10);
    const early = uploadGate(facts, { wantsUpload: true, nowMs: 30 * MINUTE_MS });
    expect(early.gate).toEqual({ kind: "closed", forMs: 40 * MINUTE_MS });
    const unasked = uploadGate(facts, { wantsUpload: false, nowMs: 71 * MINUTE_MS });
    expect(unasked.gate.kind).toBe("closed");
    const first = uploadGate(facts, { wantsUpload: true, nowMs: 71 * MINUTE_MS });
    expect(first.gate).toEqual({ kind: "probe" });
    const second = uploadGate(first.facts, { wantsUpload: true, nowMs: 71 * MINUTE_MS });
    expect(second.gate).toEqual({ kind: "closed", forMs: 60 * MINUTE_MS });
  });

  it("is over with the first upload that comes through, and after 25 hours in any case", () => {
    const done = learnOfUploads(refusedFor(10), { ...QUIET, uploadsDone: 1 }, 71 * MINUTE_MS);
    expect(done.limited).toBeNull();
    expect(learnOfUploads(refusedFor(10), QUIET, 26 * 60 * MINUTE_MS).limited).toBeNull();
  });

  it("is never reached sooner than ten minutes after the last success, whatever comes", () => {
    const news = fc.array(
      fc.record({
        afterMs: fc.nat({ max: 5 * MINUTE_MS }),
        what: fc.constantFrom<keyof UploadNews>("uploadsDone", "uploadsRefused", "othersRefused"),
      }),
    );
    fc.assert(
      fc.property(news, (all) => {
        let facts = NO_UPLOADS;
        let nowMs = 0;
        let goodAtMs = 0;
        for (const { afterMs, what } of all) {
          nowMs += afterMs;
          const wasLimited = facts.limited !== null;
          facts = learnOfUploads(facts, { ...QUIET, [what]: 1 }, nowMs);
          if (what === "uploadsDone") goodAtMs = nowMs;
          const isNew = !wasLimited && facts.limited !== null;
          if (isNew) expect(nowMs - goodAtMs).toBeGreaterThanOrEqual(10 * MINUTE_MS);
        }
      }),
    );
  });
});
