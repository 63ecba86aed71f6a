/** Files that a connection moves in a second when nothing but their number holds it up; measured, and on the careful side. */
const FILES_PER_SECOND = 100;
/** Bytes that it moves in a second. */
const BYTES_PER_SECOND = 50 * 1024 * 1024;

/**
 * How long an import lasts if nothing else goes on: what the provider grants in a minute goes at once, what is beyond it at
 * the pace of the grant; and files and bytes take their time as well.
 * @param unitsPerMinute what an account may spend of its quota; null when it is not counted
 * @returns whole seconds; 0 when there is nothing to move
 */
export function estimateSeconds(
  work: { readonly files: number; readonly bytes: number; readonly units: number },
  unitsPerMinute: number | null,
): number {
  if (work.files === 0) return 0;
  const paced =
    unitsPerMinute === null ? 0 : (Math.max(0, work.units - unitsPerMinute) / unitsPerMinute) * 60;
  const moved = Math.max(work.files / FILES_PER_SECOND, work.bytes / BYTES_PER_SECOND);
  return Math.max(1, Math.ceil(Math.max(paced, moved)));
}
