import { expect, it } from "vitest";
import { jobState } from "./job-state.ts";

const now = new Date("2026-01-01T12:00:00Z");
const later = new Date(now.getTime() + 1000);
const open: Parameters<typeof jobState>[0] = {
  completedAt: null,
  pausedUntil: null,
  openFolders: 0,
  runningItems: 0,
};
const say = (row: Partial<typeof open>, hasWorker = true) =>
  jobState({ ...open, ...row }, { hasWorker, now });

it("says what a job is doing or waiting for", () => {
  expect(say({})).toBe("queued");
  expect(say({ runningItems: 3 })).toBe("running");
  expect(say({ openFolders: 1, runningItems: 3 })).toBe("expanding");
  expect(say({ pausedUntil: later, runningItems: 3 })).toBe("paused");
  expect(say({ pausedUntil: now, runningItems: 3 })).toBe("running");
});

it("says before all else that no worker is there, unless the job has ended", () => {
  expect(say({ pausedUntil: later, openFolders: 1, runningItems: 3 }, false)).toBe("waiting_for_worker");
  expect(say({ completedAt: now, pausedUntil: later }, false)).toBe("ended");
});
