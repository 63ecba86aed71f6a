import { type Drive, DriveError, type DriveFile } from "../drives/index.ts";
import { DrivewayError, type Log } from "../platform/index.ts";

/** How long a user waits for the look. */
const LOOK_MS = 5_000;

/** What is known of an export's target before its job is made. */
interface Target {
  /** The folder's own id: an alias is resolved. */
  readonly folderId: string | null;
}

/**
 * Looks at the target of an export while its user still waits: whether the folder is one, and whether there is room for
 * the bytes. A Drive that cannot be asked holds no export up. Nor does a folder that is not shown to us: with narrow
 * access files can be put into it all the same, and if not, the job says so.
 * @param wanted.sizeBytes of all images together; null when not all of them will be sent
 * @throws {DriveError} `sign_in_again`
 * @throws {DrivewayError} `not_a_folder`, `folder_trashed`, `provider_quota_full`
 */
export async function checkTarget(
  parts: { readonly drive: Drive; readonly log: Log },
  wanted: { readonly folderId: string | null; readonly sizeBytes: number | null },
): Promise<Target> {
  const signal = AbortSignal.timeout(LOOK_MS);
  const ask = <T>(answer: Promise<T>): Promise<T | null> =>
    answer.catch((error: unknown) => {
      if (!signal.aborted && !isOutOfReach(error)) throw error;
      parts.log.warn({ err: error }, "an export's target could not be looked at");
      return null;
    });
  const { drive } = parts;
  const { folderId, sizeBytes } = wanted;
  const [answers, account] = await Promise.all([
    folderId === null ? null : ask(drive.getFiles([{ id: folderId }], signal)),
    sizeBytes === null ? null : ask(drive.about(signal)),
  ]);
  const answer = answers?.[0];
  const folder = answer?.ok === true ? answer.file : null;
  if (folder !== null) requireFolder(folder);
  const isOwnDrive = folderId === null || (folder !== null && folder.driveId === null);
  if (isOwnDrive && sizeBytes !== null && account !== null) requireRoom(account.storage, sizeBytes);
  return { folderId: folder?.id ?? folderId };
}

/** Everything but a dead grant passes, or is the operator's to mend; then the job waits. */
function isOutOfReach(error: unknown): boolean {
  if (error instanceof DriveError) return error.kind !== "sign_in_again";
  return error instanceof DrivewayError && error.code === "sealing_key_missing";
}

function requireFolder(file: DriveFile): void {
  const details = { field: "folder_id" };
  if (file.kind !== "folder") {
    throw new DrivewayError("not_a_folder", "The folder_id names something that is not a folder.", {
      details,
    });
  }
  if (!file.trashed) return;
  throw new DrivewayError("folder_trashed", "The folder is in the Drive's trash.", { details });
}

function requireRoom(
  { limitBytes, usedBytes }: { readonly limitBytes: number | null; readonly usedBytes: number },
  neededBytes: number,
): void {
  if (limitBytes === null || usedBytes + neededBytes <= limitBytes) return;
  const freeBytes = Math.max(0, limitBytes - usedBytes);
  throw new DrivewayError(
    "provider_quota_full",
    `The images need ${neededBytes} bytes, and the Drive has ${freeBytes} left.`,
    { details: { needed_bytes: neededBytes, free_bytes: freeBytes } },
  );
}
