import { expect, it } from "vitest";
import { createKnownCredentials, fingerprintOf } from "./known-credentials.ts";

const START = Date.UTC(2030, 0, 1);

it("a good credential is known for a minute, and no longer once it is forgotten", () => {
  let nowMs = START;
  const known = createKnownCredentials({ clock: { now: () => nowMs } });
  known.remember("a");
  nowMs += 59_999;
  expect(known.isKnown("a")).toBe(true);
  nowMs += 1;
  expect(known.isKnown("a")).toBe(false);
  known.remember("a");
  known.forget("a");
  expect(known.isKnown("a")).toBe(false);
});

it("of more credentials than there is room for, those that were used last are known", () => {
  const known = createKnownCredentials({ clock: { now: () => START }, most: 2 });
  for (const print of ["a", "b", "a", "c"]) known.remember(print);
  expect(["a", "b", "c"].map((print) => known.isKnown(print))).toEqual([true, false, true]);
});

it("a credential is told by the header that it stands or falls with, and keeps nothing of its text", () => {
  const cookie = "driveway.session_token=secret";
  const authorization = "Bearer secret";
  expect(fingerprintOf({})).toBeNull();
  expect(fingerprintOf({ cookie, authorization })).toBe(fingerprintOf({ authorization }));
  expect(fingerprintOf({ cookie: authorization })).not.toBe(fingerprintOf({ authorization }));
  expect(fingerprintOf({ authorization })).not.toContain("secret");
});
