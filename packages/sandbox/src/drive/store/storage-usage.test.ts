import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DriveFile } from "../file.ts";
import type { DriveChange, DriveKeeper, FilePut } from "./drive-keeper.ts";
import { DriveStore } from "./drive-store.ts";

const OWNERS = ["101", "102"] as const;

function makeStore(keeper: DriveKeeper | null = null): DriveStore {
  const store = new DriveStore({ now: () => Date.parse("2026-11-23T10:00:00Z"), seed: 3, keeper });
  for (const [index, sub] of OWNERS.entries()) {
    const person = { name: sub, givenName: sub, familyName: sub, permissionId: `p${index}` };
    store.addAccount({ sub, email: `${sub}@example.com`, ...person });
  }
  return store;
}

function recount(store: DriveStore, ownerSub: string) {
  const mine = [...store.allFiles()].filter((file) => file.ownerSub === ownerSub);
  const bytesOf = (files: readonly DriveFile[]) =>
    files.reduce((sum, { blob }) => sum + (blob?.content.sizeBytes ?? 0), 0);
  return {
    usedBytes: bytesOf(mine),
    trashedBytes: bytesOf(mine.filter((file) => store.isTrashed(file))),
  };
}

const pick = fc.nat({ max: 1000 });
const step = fc.oneof(
  fc.record({ kind: fc.constant("add" as const), at: pick, owner: pick, bytes: fc.nat({ max: 50 }) }),
  fc.record({ kind: fc.constant("addFolder" as const), at: pick, owner: pick }),
  fc.record({ kind: fc.constant("trash" as const), at: pick, trashed: fc.boolean() }),
  fc.record({ kind: fc.constant("move" as const), at: pick, to: pick }),
  fc.record({ kind: fc.constant("write" as const), at: pick, bytes: fc.nat({ max: 50 }) }),
  fc.record({ kind: fc.constant("rename" as const), at: pick }),
  fc.record({ kind: fc.constant("remove" as const), at: pick }),
  fc.record({ kind: fc.constant("give" as const), at: pick, owner: pick }),
);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

function isRoot(file: DriveFile): boolean {
  return file.parentId === null;
}

/** One change to a file or folder that the step picks; nothing where Drive would not allow it. */
function take(store: DriveStore, change: Step, driveId: string): void {
  const all = [...store.allFiles()];
  const file = all[change.at % all.length];
  const folders = all.filter(({ mimeType }) => mimeType.endsWith(".folder"));
  if (file === undefined) return;
  const folder = folders[change.at % folders.length];
  const owner = OWNERS[("owner" in change ? change.owner : 0) % OWNERS.length] ?? "101";
  if (change.kind === "addFolder" || change.kind === "add") {
    const parentId = folder?.id ?? driveId;
    if (change.kind === "addFolder") store.addFolder(owner, { name: "f", parentId });
    else {
      const content = new Uint8Array(change.bytes);
      store.addFile(owner, { name: "a", mimeType: "image/png", content, parentId });
    }
    return;
  }
  if (isRoot(file)) return;
  switch (change.kind) {
    case "trash":
      store.update(file.id, { trashed: change.trashed });
      return;
    case "move": {
      const to = folders[change.to % folders.length];
      if (to !== undefined && !store.isWithin(to.id, file.id)) store.update(file.id, { parentId: to.id });
      return;
    }
    case "write":
      if (file.blob !== null) store.update(file.id, { content: new Uint8Array(change.bytes) });
      return;
    case "rename":
      store.update(file.id, { name: "b" });
      return;
    case "remove":
      store.remove(file.id);
      return;
    case "give":
      store.update(file.id, { ownerSub: owner });
      return;
  }
}

describe("the storage that is told to be in use", () => {
  it("is what a recount of all files and of the trash finds, after any changes", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        const store = makeStore();
        const { id: driveId } = store.addSharedDrive({ name: "Team" });
        for (const each of steps) {
          take(store, each, driveId);
          for (const sub of [...OWNERS, driveId]) expect(store.storageOf(sub)).toEqual(recount(store, sub));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("is the same in a store that repeats what another one kept", () => {
    const kept: (DriveChange | FilePut)[] = [];
    const keeper: DriveKeeper = {
      keepFile(put) {
        kept.push(put);
        return put.file;
      },
      keep: (change) => kept.push(change),
      share: (content) => content,
      release: () => {},
    };
    const former = makeStore(keeper);
    const folder = former.addFolder("101", { name: "f" });
    const photo = { mimeType: "image/png", content: new Uint8Array(40) };
    former.addFile("101", { name: "a", ...photo, parentId: folder.id });
    former.update(folder.id, { trashed: true });
    former.remove(former.addFile("101", { name: "b", ...photo }).id);
    former.addFile("101", { name: "c", ...photo });
    const later = new DriveStore({ now: () => 0, seed: 3 });
    for (const change of kept) later.restore(change);
    expect(later.storageOf("101")).toEqual({ usedBytes: 80, trashedBytes: 40 });
    expect(later.storageOf("101")).toEqual(former.storageOf("101"));
  });

  it("is nothing for whoever has nothing", () => {
    expect(makeStore().storageOf("nobody")).toEqual({ usedBytes: 0, trashedBytes: 0 });
  });
});
