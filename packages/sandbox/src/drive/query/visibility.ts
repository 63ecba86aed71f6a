import type { DriveFile } from "../file.ts";
import { effectivePermissions, type PermissionSourceStore } from "../sharing/effective-permissions.ts";
import type { Grantee } from "../sharing/sharing.ts";

/** How far an item is known, from the least to the most. */
const VISIBILITIES = [
  "limited",
  "domainWithLink",
  "domainCanFind",
  "anyoneWithLink",
  "anyoneCanFind",
] as const;

type Visibility = (typeof VISIBILITIES)[number];

/** How far an item is known, in the words of the search term `visibility`: by the widest of its permissions. */
export function visibilityOf(store: PermissionSourceStore, file: DriveFile): Visibility {
  const found = effectivePermissions(store, file).map(({ to }) => VISIBILITIES.indexOf(reachOf(to)));
  return VISIBILITIES[Math.max(0, ...found)] ?? "limited";
}

function reachOf(to: Grantee): Visibility {
  switch (to.type) {
    case "anyone":
      return to.allowFileDiscovery ? "anyoneCanFind" : "anyoneWithLink";
    case "domain":
      return to.allowFileDiscovery ? "domainCanFind" : "domainWithLink";
    case "user":
    case "group":
      return "limited";
  }
}
