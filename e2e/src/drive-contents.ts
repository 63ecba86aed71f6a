import { createHash } from "node:crypto";
import type { Sandbox } from "@driveway/sandbox";

/** SHA-256 of the files that lie directly in the folders of this name in Alice's Drive, by file name. */
export function digestsIn(sandbox: Sandbox, folderName: string): Map<string, string> {
  const [alice] = sandbox.accounts;
  if (alice === undefined) throw new Error("The sandbox has no account");
  const files = sandbox.drive.listAll(alice.sub);
  const folderIds = new Set(files.filter((file) => file.name === folderName).map((file) => file.id));
  const inside = files.filter((file) => file.parentId !== null && folderIds.has(file.parentId));
  return new Map(inside.map((file) => [file.name, digestOf(sandbox.drive.contentOf(file.id))]));
}

function digestOf(bytes: Uint8Array = new Uint8Array()): string {
  return createHash("sha256").update(bytes).digest("hex");
}
