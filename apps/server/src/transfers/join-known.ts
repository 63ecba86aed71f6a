import type { Transaction } from "../db/index.ts";
import type { KnownImage, Library, NewImage } from "../library/index.ts";
import type { ItemOutcome } from "./item-outcome.ts";
import type { ImportOptions, JobRow } from "./job.ts";

/**
 * Compares what has arrived with the library, under the locks of its content: whatever is there by now, or came twice in this
 * group, is skipped, and its item names the image that is there. An image under the item's own id is the one that an
 * earlier write of the same outcome made.
 */
export async function joinKnown(
  tx: Transaction,
  library: Pick<Library, "lockContent" | "findKnownImages">,
  job: JobRow,
  outcomes: readonly ItemOutcome[],
): Promise<readonly ItemOutcome[]> {
  const arrived = outcomes.flatMap(({ position, ...outcome }) =>
    outcome.state === "imported" ? [{ position, image: outcome.image }] : [],
  );
  const isCopy = (job.options as ImportOptions).onDuplicate === "copy";
  if (arrived.length === 0 || isCopy) return outcomes;
  const { tenantId } = job;
  await library.lockContent(tx, { tenantId, sha256s: arrived.map(({ image }) => image.sha256) });
  const known = await library.findKnownImages(tx, {
    tenantId,
    files: arrived.map(({ position, image }) => ({ key: position, source: null, sha256: image.sha256 })),
  });
  const firstByContent = new Map<string, NewImage>();
  return outcomes.map((outcome): ItemOutcome => {
    if (outcome.state !== "imported") return outcome;
    const { position, image } = outcome;
    const there = known.get(position) ?? firstByContent.get(image.sha256);
    if (there === undefined) firstByContent.set(image.sha256, image);
    if (there === undefined || there.id === image.id) return outcome;
    return skippedAs(position, there);
  });
}

/** The outcome of an item whose image is there already. */
export function skippedAs(position: number, image: KnownImage): ItemOutcome {
  const { id: imageId, sha256, blobKey } = image;
  return { state: "skipped", position, bytes: 0, imageId, sha256, blobKey };
}
