import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { type Drive, DriveError, type DriveFile, type OpenedFile } from "../drive.ts";
import type { DriveWork, PaceOutcome, PaceRequest } from "./permit.ts";
import { withPace } from "./with-pace.ts";

const COSTS = { read: 5, list: 100, download: 200, write: 50, other: 1 };
const BULK: DriveWork = { kind: "bulk", unitsLeft: 1_000 };
const unused = () => Promise.reject(new Error("not part of this test"));
const tooFast = () => new DriveError("try_later", "slower", { reason: "rate", rateLimited: true });

/** A drive of which a test needs some methods, with what the pace was asked and told. */
function pacedDrive(methods: Partial<Drive>, work: DriveWork = BULK) {
  const requests: PaceRequest[] = [];
  const outcomes: PaceOutcome[] = [];
  const drive: Drive = {
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
  const pace = {
    async acquire(request: PaceRequest) {
      requests.push(request);
      return { answered: () => {}, settle: (outcome: PaceOutcome) => void outcomes.push(outcome) };
    },
  };
  return { drive: withPace(drive, { pace, costs: COSTS, work }), requests, outcomes };
}

function opened(stream: Readable): OpenedFile {
  return { stream, sizeBytes: null, totalBytes: null, mediaType: "image/png" };
}

describe("what a call costs", () => {
  it("is that of its kind, a batch that of all the files in it, and bulk work has so much less left", async () => {
    const { drive, requests } = pacedDrive({
      getFiles: async (files) => files.map(({ id }) => ({ id, ok: true, file: { id } as DriveFile })),
      reserveIds: async () => ["an id"],
      openFile: async () => opened(Readable.from([])),
      look: async () => ({}),
    });
    await drive.getFiles([{ id: "1" }, { id: "2" }, { id: "3" }]);
    await drive.reserveIds(1);
    (await drive.openFile({ file: { id: "1" } })).stream.destroy();
    await drive.look({ kind: "list", params: {} });
    expect(requests.map(({ units }) => units)).toEqual([15, 1, 200, 100]);
    const left = requests.map(({ work }) => (work.kind === "bulk" ? work.unitsLeft : null));
    expect(left).toEqual([1_000, 985, 984, 784]);
  });
});

describe("a call that is refused for its rate", () => {
  it("goes again until it is through, when it is bulk or small work", async () => {
    for (const work of [BULK, { kind: "small" }] as const) {
      let tries = 0;
      const reserveIds = async () => {
        tries += 1;
        if (tries < 50) throw tooFast();
        return ["an id"];
      };
      const { drive, outcomes } = pacedDrive({ reserveIds }, work);
      expect(await drive.reserveIds(1)).toEqual(["an id"]);
      expect(outcomes).toHaveLength(50);
      expect(outcomes[0]).toMatchObject({ rateLimited: true });
      expect(outcomes.at(-1)).toBe("ok");
    }
  });

  it("is told after a few tries to somebody who waits", async () => {
    let tries = 0;
    const look = async () => {
      tries += 1;
      throw tooFast();
    };
    const { drive } = pacedDrive({ look }, { kind: "interactive" });
    await expect(drive.look({ kind: "about", params: {} })).rejects.toMatchObject({ rateLimited: true });
    expect(tries).toBe(3);
  });

  it("within a batch is asked for again alone", async () => {
    const asked: (readonly string[])[] = [];
    const { drive, requests } = pacedDrive({
      async getFiles(files) {
        const ids = files.map(({ id }) => id);
        asked.push(ids);
        return ids.map((id) =>
          id === "slow" && asked.length < 3
            ? { id, ok: false, error: tooFast() }
            : { id, ok: true, file: { id } as DriveFile },
        );
      },
    });
    const answers = await drive.getFiles([{ id: "slow" }, { id: "quick" }]);
    expect(answers.map(({ id, ok }) => [id, ok])).toEqual([
      ["slow", true],
      ["quick", true],
    ]);
    expect(asked).toEqual([["slow", "quick"], ["slow"], ["slow"]]);
    expect(requests.map(({ units }) => units)).toEqual([10, 5, 5]);
  });
});

describe("a download's permit", () => {
  it("is held until the stream has ended", async () => {
    const stream = new Readable({ read() {} });
    const { drive, outcomes } = pacedDrive({ openFile: async () => opened(stream) });
    const file = await drive.openFile({ file: { id: "1" } });
    file.stream.push("bytes");
    expect(outcomes).toEqual([]);
    file.stream.push(null);
    await file.stream.toArray();
    await expect.poll(() => outcomes).toEqual(["ok"]);
  });

  it("says nothing of the provider when the stream is given up, and what happened when it broke", async () => {
    for (const error of [
      new Error("given up"),
      new DriveError("try_later", "broke", { reason: "network" }),
    ]) {
      const stream = new Readable({ read() {} });
      const { drive, outcomes } = pacedDrive({ openFile: async () => opened(stream) });
      (await drive.openFile({ file: { id: "1" } })).stream.on("error", () => {}).destroy(error);
      await expect.poll(() => outcomes).toEqual([error instanceof DriveError ? error : "dropped"]);
    }
  });
});

it("a fault that is not the rate's is the caller's at once", async () => {
  const { drive, outcomes } = pacedDrive({
    upload: async () => {
      throw new DriveError("quota_full", "full", { reason: "storageQuotaExceeded", status: 403 });
    },
  });
  await expect(drive.upload({} as Parameters<Drive["upload"]>[0])).rejects.toMatchObject({
    kind: "quota_full",
  });
  expect(outcomes).toMatchObject([{ kind: "quota_full" }]);
});
