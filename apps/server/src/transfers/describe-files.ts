import type { Drive, DriveError, DriveFile, DriveFileAnswer, FileRef } from "../drives/index.ts";

/** What is known of a file after it was asked for. */
export type FileDescription =
  | { readonly kind: "file"; readonly file: DriveFile }
  /** A shortcut that leads nowhere, or round in a circle. */
  | { readonly kind: "broken_shortcut" }
  | { readonly kind: "refused"; readonly error: DriveError };

/** One file to describe, by the caller's own mark. */
export interface AskedFile {
  readonly key: number;
  readonly ref: FileRef;
}

/** Google makes no shortcut to a shortcut; whoever else does is followed so far. */
const LONGEST_CHAIN = 5;

/**
 * Describes files in as few round trips as the provider allows, and follows shortcuts to what they point to: each
 * link is one more round trip for all of them together.
 * @returns what is known by the marks; a file that the provider left out of its answer is left out here too
 * @throws {DriveError} what is not about one file alone
 */
export async function describeFiles(
  parts: { readonly drive: Pick<Drive, "getFiles">; readonly batchSize: number },
  asked: readonly AskedFile[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, FileDescription>> {
  const known = new Map<number, FileDescription>();
  let open: readonly (AskedFile & { readonly seen: readonly string[] })[] = asked.map((file) => ({
    ...file,
    seen: [],
  }));
  while (open.length > 0) {
    const answers = await readAll(parts, open, signal);
    const next: (typeof open)[number][] = [];
    for (const { key, ref, seen } of open) {
      const answer = answers.get(ref.id);
      if (answer === undefined) continue;
      const target = answer.ok ? answer.file.shortcut : null;
      if (!answer.ok) known.set(key, refusalOf(answer.error, seen.length > 0));
      else if (answer.file.kind !== "shortcut") known.set(key, told(answer.file, ref));
      else if (target === null || !mayFollow([...seen, ref.id], target.targetId)) {
        known.set(key, { kind: "broken_shortcut" });
      } else {
        const { targetId: id, targetResourceKey: resourceKey } = target;
        next.push({ key, ref: { id, resourceKey }, seen: [...seen, ref.id] });
      }
    }
    open = next;
  }
  return known;
}

/** The bytes are asked for with the key that the description needed. */
function told(file: DriveFile, ref: FileRef): FileDescription {
  return { kind: "file", file: { ...file, resourceKey: file.resourceKey ?? ref.resourceKey ?? null } };
}

function mayFollow(seen: readonly string[], targetId: string): boolean {
  return seen.length <= LONGEST_CHAIN && !seen.includes(targetId);
}

function refusalOf(error: DriveError, isTarget: boolean): FileDescription {
  if (isTarget && error.kind === "gone") return { kind: "broken_shortcut" };
  return { kind: "refused", error };
}

async function readAll(
  parts: Parameters<typeof describeFiles>[0],
  asked: readonly AskedFile[],
  signal: AbortSignal,
) {
  const refs = [...new Map(asked.map(({ ref }) => [ref.id, ref])).values()];
  const answers = new Map<string, DriveFileAnswer>();
  for (let start = 0; start < refs.length; start += parts.batchSize) {
    const batch = refs.slice(start, start + parts.batchSize);
    for (const answer of await parts.drive.getFiles(batch, signal)) answers.set(answer.id, answer);
  }
  return answers;
}
