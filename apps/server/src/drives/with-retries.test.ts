import { describe, expect, it } from "vitest";
import { type Drive, DriveError, type DriveFile } from "./drive.ts";
import { withRetries } from "./with-retries.ts";

const later = (retryAfterMs: number | null = null) =>
  new DriveError("try_later", "later", { reason: "network", retryAfterMs });

const unused = () => Promise.reject(new Error("not part of this test"));

/** A drive of which a test needs one method only. */
function driveWith(methods: Partial<Drive>): Drive {
  return {
    getFiles: unused,
    openFile: unused,
    listFolder: unused,
    about: unused,
    findByProperty: unused,
    reserveIds: unused,
    createFolder: unused,
    upload: unused,
    look: unused,
    ...methods,
  };
}

const fast = { patience: "background", firstPauseMs: 1 } as const;

describe("withRetries", () => {
  it("repeats what may pass, six times in all", async () => {
    let tries = 0;
    const drive = driveWith({
      look: async () => {
        tries += 1;
        throw later();
      },
    });
    await expect(withRetries(drive, fast).look({ kind: "about", params: {} })).rejects.toMatchObject({
      kind: "try_later",
    });
    expect(tries).toBe(6);
  });

  it("hands on at once what will not pass", async () => {
    let tries = 0;
    const drive = driveWith({
      reserveIds: async () => {
        tries += 1;
        throw new DriveError("not_allowed", "no", { reason: "x" });
      },
    });
    await expect(withRetries(drive, fast).reserveIds(1)).rejects.toMatchObject({ kind: "not_allowed" });
    expect(tries).toBe(1);
  });

  it("leaves to others what the pace has dealt with, and what is worth no try for a known time", async () => {
    for (const facts of [{ rateLimited: true }, { pauseMs: 60_000 }]) {
      let tries = 0;
      const drive = driveWith({
        reserveIds: async () => {
          tries += 1;
          throw new DriveError("try_later", "later", { reason: "x", ...facts });
        },
      });
      await expect(withRetries(drive, fast).reserveIds(1)).rejects.toMatchObject(facts);
      expect(tries).toBe(1);
    }
  });

  it("waits as long as the provider asked, but not longer than the longest pause", async () => {
    let tries = 0;
    const drive = driveWith({
      reserveIds: async () => {
        tries += 1;
        throw later(60_000);
      },
    });
    await expect(withRetries(drive, fast).reserveIds(1)).rejects.toMatchObject({ retryAfterMs: 60_000 });
    expect(tries).toBe(1);
  });

  it("does not repeat what is known to be of no use for long", async () => {
    let tries = 0;
    const drive = driveWith({
      about: async () => {
        tries += 1;
        throw new DriveError("try_later", "tomorrow", { reason: "x", pauseMs: 900_000 });
      },
    });
    await expect(withRetries(drive, fast).about()).rejects.toMatchObject({ pauseMs: 900_000 });
    expect(tries).toBe(1);
  });

  it("stops waiting when it is aborted, and tries no more", async () => {
    let tries = 0;
    const abort = new AbortController();
    const drive = driveWith({
      reserveIds: async () => {
        tries += 1;
        queueMicrotask(() => abort.abort(new Error("enough")));
        throw later(20_000);
      },
    });
    await expect(withRetries(drive, fast).reserveIds(1, abort.signal)).rejects.toThrow("enough");
    expect(tries).toBe(1);
  });

  it("asks again only for the files that may come, and answers in the order asked", async () => {
    const asked: string[][] = [];
    const drive = driveWith({
      getFiles: async (files) => {
        asked.push(files.map(({ id }) => id));
        return files.map(({ id }) => {
          if (id === "gone")
            return { id, ok: false, error: new DriveError("gone", "gone", { reason: "notFound" }) };
          if (id === "slow" && asked.length < 3) return { id, ok: false, error: later() };
          return { id, ok: true, file: { id } as DriveFile };
        });
      },
    });
    const answers = await withRetries(drive, fast).getFiles([
      { id: "slow" },
      { id: "gone" },
      { id: "quick" },
    ]);
    expect(answers.map(({ id, ok }) => [id, ok])).toEqual([
      ["slow", true],
      ["gone", false],
      ["quick", true],
    ]);
    expect(asked).toEqual([["slow", "gone", "quick"], ["slow"], ["slow"]]);
  });

  it("answers with the fault of a file that never came", async () => {
    const drive = driveWith({
      getFiles: async (files) => files.map(({ id }) => ({ id, ok: false, error: later() })),
    });
    const [answer] = await withRetries(drive, fast).getFiles([{ id: "slow" }]);
    expect(answer).toMatchObject({ ok: false, error: { kind: "try_later" } });
  });
});
