import { expect, it } from "vitest";
import { createKnownCredentials, fingerprintOf } from "./known-credentials.ts";
import { ofAddress } from "./rate-subject.ts";

const subject = ofAddress("203.0.113.7");
const START = Date.UTC(2030, 0, 1);

it("a good credential is known for a minute, and no longer once it is forgotten", () => {
  let nowMs = START;
  const known = createKnownCredentials({ clock: { now: () => nowMs } });
  known.remember("a", subject);
  nowMs += 59_999;
  expect(known.find("a")).toBe(subject);
  nowMs += 1;
  expect(known.find("a")).toBeNull();
  known.remember("a", subject);
  known.forget("a");
  expect(known.find("a")).toBeNull();
});

it("of more credentials than there is room for, those that were used last are known", () => {
  const known = createKnownCredentials({ clock: { now: () => START }, most: 2 });
  for (const print of ["a", "b", "a", "c"]) known.remember(print, subject);
  expect(["a", "b", "c"].map((print) => known.find(print))).toEqual([subject, null, subject]);
});

it("a credential is told by the header that it stands or falls with, and keeps nothing of its text", () => {
  const cookie = "driveway.session_token=secret";
  const authorization = "Bearer secret";
  expect(fingerprintOf({})).toBeNull();
  expect(fingerprintOf({ cookie, authorization })).toBe(fingerprintOf({ authorization }));
  expect(fingerprintOf({ cookie: authorization })).not.toBe(fingerprintOf({ authorization }));
  expect(fingerprintOf({ authorization })).not.toContain("secret");
});
