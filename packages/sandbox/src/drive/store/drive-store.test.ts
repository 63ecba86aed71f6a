import { expect, it } from "vitest";
import { DriveStore } from "./drive-store.ts";

const ALICE = {
  sub: "101",
  email: "alice@example.com",
  name: "Alice",
  givenName: "Alice",
  familyName: "A",
  permissionId: "1",
};

function openStore(): DriveStore {
  const store = new DriveStore({ now: () => 0, seed: 1 });
  store.addAccount(ALICE);
  return store;
}

it("takes out a tree of any depth, with its grants, and nothing else", () => {
  const store = openStore();
  const beside = store.addFolder("101", { name: "beside" });
  const top = store.addFolder("101", { name: "top" });
  let parentId = top.id;
  for (let depth = 1; depth <= 20_000; depth += 1)
    parentId = store.addFolder("101", { name: `${depth}`, parentId }).id;
  store.grantFile({ clientId: "app", sub: "101", fileId: parentId });
  expect(store.treeOf(top.id).at(-1)?.id).toBe(parentId);
  store.remove(top.id);
  expect(store.listAll("101").map(({ id }) => id)).toEqual([beside.id]);
  expect(store.grantedFileIds({ clientId: "app", sub: "101" })).toEqual([]);
});

it("takes no MIME type that could not stand in a header, neither for a new file nor for a changed one", () => {
  const store = openStore();
  const wrong = { name: "a", mimeType: "image/png\r\nX: 1", content: null };
  expect(() => store.addFile("101", wrong)).toThrow("mimeType: not a MIME type");
  const { id } = store.addFile("101", { ...wrong, mimeType: "image/png" });
  expect(() => store.update(id, { mimeType: "image/☃" })).toThrow("mimeType: not a MIME type");
  expect(store.get(id)?.mimeType).toBe("image/png");
});
