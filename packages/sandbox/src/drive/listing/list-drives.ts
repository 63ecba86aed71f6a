import type { Caller } from "../caller.ts";
import { invalidValue } from "../errors.ts";
import type { DriveFile } from "../file.ts";
import { isSharedDrive } from "../sharing/sharing-of.ts";
import type { DriveStore } from "../store/drive-store.ts";

/** What drives.list was asked. */
export interface DriveListRequest {
  readonly q: string | undefined;
  readonly pageSize: number;
  readonly pageToken: string | undefined;
}

/** One page of the user's shared drives. */
interface DrivePage {
  readonly drives: readonly DriveFile[];
  readonly nextPageToken: string | null;
}

/**
 * The shared drives of which the user is a member, in the order of their making. Of searches it knows
 * `name contains 'x'`, `name = 'x'` and `hidden = true`, alone. Throws 400 `invalid` for others and for a page token that
 * is none.
 */
export function listDrives(
  { store, caller, isHidden }: { store: DriveStore; caller: Caller; isHidden: (drive: DriveFile) => boolean },
  { q, pageSize, pageToken }: DriveListRequest,
): DrivePage {
  const matches = q ? matcherOf(q, isHidden) : () => true;
  const drives = store.sharedWith(caller.account.sub).filter((item) => isSharedDrive(item) && matches(item));
  const start = pageToken ? offsetIn(pageToken) : 0;
  const end = start + pageSize;
  return { drives: drives.slice(start, end), nextPageToken: end < drives.length ? tokenAt(end) : null };
}

function matcherOf(q: string, isHidden: (drive: DriveFile) => boolean): (drive: DriveFile) => boolean {
  const [, flag] = /^\s*hidden\s*=\s*(true|false)\s*$/.exec(q) ?? [];
  if (flag !== undefined) return (drive) => isHidden(drive) === (flag === "true");
  const [, operator, quoted] = /^\s*name\s*(=|contains)\s*'((?:[^'\\]|\\.)*)'\s*$/.exec(q) ?? [];
  if (quoted === undefined) throw invalidValue("q");
  const value = quoted.replaceAll(/\\(.)/g, "$1").toLowerCase();
  return ({ name }) => (operator === "=" ? name.toLowerCase() === value : name.toLowerCase().includes(value));
}

function tokenAt(offset: number): string {
  return Buffer.from(`drives/${offset}`).toString("base64url");
}

function offsetIn(token: string): number {
  const [, digits] = /^drives\/(\d{1,9})$/.exec(Buffer.from(token, "base64url").toString()) ?? [];
  if (digits === undefined) throw invalidValue("pageToken");
  return Number(digits);
}
