import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DriveFile, FOLDER_MIME } from "../file.ts";
import { DriveStore } from "../store/drive-store.ts";
import { roleOf } from "./access.ts";
import { isAtLeast, type Role } from "./role.ts";

const ACCOUNTS = ["1", "2", "3"].map((sub) => ({
  sub,
  email: `${sub}@example.com`,
  name: sub,
  givenName: sub,
  familyName: sub,
  permissionId: `p${sub}`,
}));

type Step =
  | { readonly kind: "add"; readonly mimeType: string; readonly by: number; readonly at: number }
  | {
      readonly kind: "share";
      readonly at: number;
      readonly to: number;
      readonly role: Exclude<Role, "owner">;
    }
  | { readonly kind: "link"; readonly at: number; readonly key: boolean }
  | { readonly kind: "open"; readonly at: number; readonly by: number }
  | { readonly kind: "unshare"; readonly at: number; readonly to: number };

const at = fc.nat(30);
const person = fc.nat(ACCOUNTS.length - 1);
const steps = fc.array(
  fc.oneof<fc.Arbitrary<Step>[]>(
    fc.record({
      kind: fc.constant("add"),
      mimeType: fc.constantFrom(FOLDER_MIME, "text/plain"),
      by: person,
      at,
    }),
    fc.record({
      kind: fc.constant("share"),
      at,
      to: person,
      role: fc.constantFrom("reader", "commenter", "writer"),
    }),
    fc.record({ kind: fc.constant("link"), at, key: fc.boolean() }),
    fc.record({ kind: fc.constant("open"), at, by: person }),
    fc.record({ kind: fc.constant("unshare"), at, to: person }),
  ),
  { maxLength: 40 },
);

/** Does the steps in a store of three Drives and one shared drive, and gives all that is in it then. */
function build(plan: readonly Step[]): { store: DriveStore; items: DriveFile[] } {
  const store = new DriveStore({ now: () => 1000, seed: 1 });
  for (const account of ACCOUNTS) store.addAccount(account);
  const members = [{ email: "1@example.com", role: "reader" }] as const;
  const ids = [
    ...ACCOUNTS.map(({ sub }) => store.rootId(sub)),
    store.addSharedDrive({ name: "d", members }).id,
  ];
  const idAt = (index: number): string => ids[index % ids.length] ?? "";
  for (const step of plan) {
    const id = idAt(step.at);
    if (step.kind === "add") {
      const parentId = store.get(id)?.mimeType === FOLDER_MIME ? id : idAt(0);
      const { mimeType } = step;
      const sub = ACCOUNTS[step.by]?.sub ?? "";
      ids.push(store.addFile(sub, { name: "x", mimeType, content: null, parentId }).id);
    } else if (step.kind === "share") {
      store.shareFile(id, { email: `${step.to + 1}@example.com`, role: step.role });
    } else if (step.kind === "link") {
      store.shareFile(id, { to: { type: "anyone", allowFileDiscovery: false }, role: "reader" });
      const { sharing } = store.get(id) ?? {};
      if (step.key && sharing) store.update(id, { sharing: { ...sharing, resourceKey: "key" } });
    } else if (step.kind === "open") {
      store.markOpened({ sub: ACCOUNTS[step.by]?.sub ?? "", fileId: id });
    } else if (step.kind === "unshare") store.unshareFile(id, `p${step.to + 1}`);
  }
  return { store, items: ids.flatMap((id) => store.get(id) ?? []) };
}

describe("access to an item", () => {
  it("is never less than to the folder above it, unless that came by a link with a key", () => {
    fc.assert(
      fc.property(steps, (plan) => {
        const { store, items } = build(plan.filter((step) => step.kind !== "link" || !step.key));
        for (const account of ACCOUNTS) {
          for (const file of items.filter(({ parentId }) => parentId !== null)) {
            const parent = store.get(file.parentId ?? "");
            const above = parent === undefined ? null : roleOf(store, { account }, parent);
            const least = above === "owner" ? "writer" : above;
            if (least !== null) expect(isAtLeast(roleOf(store, { account }, file), least)).toBe(true);
          }
        }
      }),
    );
  });

  it("is there for somebody if and only if somebody owns it, was named, or came by a usable link", () => {
    fc.assert(
      fc.property(steps, (plan) => {
        const { store, items } = build(plan);
        for (const account of ACCOUNTS) {
          for (const file of items) {
            expect(roleOf(store, { account }, file) !== null).toBe(isReachable(store, account, file));
          }
        }
      }),
    );
  });

  it("is complete with all resource keys sent along, and the lists of who was named are true", () => {
    fc.assert(
      fc.property(steps, (plan) => {
        const { store, items } = build(plan);
        const resourceKeys = new Map(items.map(({ id }) => [id, "key"]));
        for (const account of ACCOUNTS) {
          const named = items.filter(({ sharing }) =>
            sharing?.permissions.some(({ id }) => id === account.permissionId),
          );
          expect(new Set(store.sharedWith(account.sub).map(({ id }) => id))).toEqual(
            new Set(named.map(({ id }) => id)),
          );
          for (const file of items) {
            const isLinked = chain(store, file).some((each) => hasLink(each));
            if (isLinked) expect(roleOf(store, { account, resourceKeys }, file)).not.toBeNull();
          }
        }
      }),
    );
  });
});

function isReachable(store: DriveStore, account: (typeof ACCOUNTS)[number], file: DriveFile): boolean {
  const above = chain(store, file);
  const isNamed = above.some(
    (each) =>
      each.ownerSub === account.sub ||
      each.sharing?.permissions.some(({ id }) => id === account.permissionId),
  );
  if (isNamed) return true;
  const holder = above.find(hasLink);
  if (holder === undefined) return false;
  const isKeyed = [file, holder].some(({ sharing }) => sharing !== null && sharing.resourceKey !== null);
  return !isKeyed || [file, holder].some(({ id }) => store.isOpened({ sub: account.sub, fileId: id }));
}

function hasLink({ sharing }: DriveFile): boolean {
  return sharing?.permissions.some(({ to }) => to.type === "anyone") ?? false;
}

function chain(store: DriveStore, file: DriveFile): DriveFile[] {
  const parent = file.parentId === null ? undefined : store.get(file.parentId);
  return parent === undefined ? [file] : [file, ...chain(store, parent)];
}
