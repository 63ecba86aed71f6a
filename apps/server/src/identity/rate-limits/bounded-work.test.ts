import { expect, it } from "vitest";
import { boundedWork } from "./bounded-work.ts";

it("runs so many pieces at a time, lets so many wait, and refuses the rest at once", async () => {
  const bounded = boundedWork({ most: 2, waiting: 3 });
  const open = Promise.withResolvers<void>();
  let running = 0;
  let peak = 0;
  const piece = async () => {
    running += 1;
    peak = Math.max(peak, running);
    await open.promise;
    running -= 1;
  };
  const pieces = Array.from({ length: 7 }, () => bounded(piece));
  const refused = await Promise.allSettled(pieces.slice(5));
  for (const end of refused) expect(end).toMatchObject({ reason: { code: "overloaded" } });
  open.resolve();
  await Promise.all(pieces.slice(0, 5));
  expect(peak).toBe(2);
  expect(await bounded(async () => "free again")).toBe("free again");
});

it("gives the place of a piece that failed to the next", async () => {
  const bounded = boundedWork({ most: 1, waiting: 1 });
  const failing = bounded(() => Promise.reject(new Error("broken")));
  const next = bounded(async () => "done");
  await expect(failing).rejects.toThrow("broken");
  expect(await next).toBe("done");
});
