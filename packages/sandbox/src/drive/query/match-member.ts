import type { DriveFile } from "../file.ts";
import { namedRoleOf, type Person, roleOf, type Visitor } from "../sharing/access.ts";
import { accountAt } from "../sharing/permission-id.ts";
import { isAtLeast } from "../sharing/role.ts";
import { driveIdOf } from "../sharing/sharing-of.ts";
import type { DriveStore } from "../store/drive-store.ts";
import type { CollectionTerm } from "./query-node.ts";

/**
 * Makes the test for `'value' in term`. A folder that the searcher does not see has no children for the searcher. Who
 * may write also reads, and the owner does both; links count for nobody.
 */
export function memberMatcher(
  term: CollectionTerm,
  value: string,
  searcher: Visitor & { readonly store: DriveStore },
): (file: DriveFile) => boolean {
  const { store, account } = searcher;
  if (term === "parents") {
    const folder = store.get(value === "root" ? store.rootId(account.sub) : value);
    const isSeen = folder !== undefined && roleOf(store, searcher, folder) !== null;
    return (file) => isSeen && file.parentId === folder.id;
  }
  const person: Person = value === "me" ? account : (accountAt(value, store.accounts) ?? { email: value });
  switch (term) {
    case "owners":
      return (file) => driveIdOf(file) === null && file.ownerSub === person.sub;
    case "writers":
      return (file) => isAtLeast(namedRoleOf(store, person, file), "writer");
    case "readers":
      return (file) => namedRoleOf(store, person, file) !== null;
  }
}
