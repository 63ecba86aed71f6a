import { describe, expect, it } from "vitest";
import { faultsOfSample, type JobSample } from "./job-sample.ts";

function sampleOf(states: string, changes: Partial<JobSample> = {}): JobSample {
  const count = (letter: string) => states.split(letter).length - 1;
  return {
    id: "job",
    status: "processing",
    attempt: 1,
    hasEnded: false,
    states,
    counters: {
      pending: count("p"),
      running: count("r"),
      done: count("d"),
      skipped: count("s"),
      failed: count("f"),
      cancelled: count("c"),
    },
    ...changes,
  };
}

describe("a sample of a job", () => {
  it("is in order when the counters are the rows and everything went forward", () => {
    expect(faultsOfSample(sampleOf("ddsfr"), sampleOf("dprpp"))).toEqual([]);
  });

  it("lets a lost worker's item wait again", () => {
    expect(faultsOfSample(sampleOf("pp"), sampleOf("rr"))).toEqual([]);
  });

  it.each([
    ["counters that are not the rows", sampleOf("dd", { counters: sampleOf("dp").counters }), null],
    ["an end with open items", sampleOf("dr", { status: "completed", hasEnded: true }), null],
    ["an item that comes back", sampleOf("pd"), sampleOf("dp")],
    ["an end that becomes another", sampleOf("f"), sampleOf("d")],
    ["a status that goes back", sampleOf("p", { status: "pending" }), sampleOf("p")],
    [
      "a job that ends otherwise later",
      sampleOf("f", { status: "cancelled", hasEnded: true }),
      sampleOf("f", { status: "failed", hasEnded: true }),
    ],
    ["an item that is gone", sampleOf("d"), sampleOf("dd")],
  ])("tells of %s", (_name, sample, before) => {
    expect(faultsOfSample(sample, before)).not.toEqual([]);
  });

  it("lets a new attempt begin what had failed", () => {
    expect(faultsOfSample(sampleOf("dp", { attempt: 2 }), sampleOf("df"))).toEqual([]);
  });
});
