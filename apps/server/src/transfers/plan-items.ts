import type { Database } from "../db/index.ts";
import type { Drive, DriveFile, ProviderProperties } from "../drives/index.ts";
import type { FileTraits, KnownImage, Library } from "../library/index.ts";
import { type AskedFile, describeFiles, type FileDescription } from "./describe-files.ts";
import type { ImportOptions, ItemRow, JobRow } from "./job.ts";
import { type ItemPlan, planItem } from "./plan-item.ts";
import type { TransferLimits } from "./transfer-limits.ts";
import type { ChunkNews } from "./write-news.ts";

/** What is known of some items of an import, and what becomes of each. */
export interface PlannedItems {
  readonly news: ChunkNews;
  readonly plans: ReadonlyMap<number, ItemPlan>;
}

/**
 * Decides about items of an import before a byte is read: describes those of which nothing is known yet, in as few round trips
 * as the provider allows, and asks the library for what is there already, in one statement.
 * @throws {DriveError} what is not about one file alone
 */
export async function planItems(
  parts: {
    readonly db: Database;
    readonly drive: Pick<Drive, "getFiles">;
    readonly library: Pick<Library, "findKnownImages">;
    readonly properties: ProviderProperties;
    readonly limits: Pick<TransferLimits, "maxFileBytes">;
  },
  wanted: { readonly job: JobRow; readonly items: readonly ItemRow[] },
  signal: AbortSignal,
): Promise<PlannedItems> {
  const { job, items } = wanted;
  const told = new Map<number, FileDescription>(
    items.flatMap(({ position, facts }) =>
      isTold(facts) ? [[position, { kind: "file", file: facts }]] : [],
    ),
  );
  const { metadataBatchSize: batchSize, exportAs } = parts.properties;
  const asked = items.filter(({ position }) => !told.has(position)).map(askFor);
  const descriptions = await describeFiles({ drive: parts.drive, batchSize }, asked, signal);
  const all = new Map([...told, ...descriptions]);
  const known = await findKnown(parts, job, all);
  const limits = { maxFileBytes: parts.limits.maxFileBytes, exportAs };
  const plans = new Map(
    items.map(({ position }) => [
      position,
      planItem({ position, description: all.get(position), known: known.get(position) }, limits),
    ]),
  );
  return { news: newsOf(descriptions, plans), plans };
}

/** A shortcut in a listing tells what it points to, and nothing of that. */
function isTold(facts: unknown): facts is DriveFile {
  return facts !== null && (facts as DriveFile).kind !== "shortcut";
}

function askFor(item: ItemRow): AskedFile {
  const shortcut = item.facts === null ? null : (item.facts as DriveFile).shortcut;
  const { position: key, resourceKey } = item;
  if (shortcut === null) return { key, ref: { id: item.providerFileId ?? "", resourceKey } };
  return { key, ref: { id: shortcut.targetId, resourceKey: shortcut.targetResourceKey } };
}

function newsOf(
  descriptions: ReadonlyMap<number, FileDescription>,
  plans: ReadonlyMap<number, ItemPlan>,
): ChunkNews {
  const facts = [...descriptions].flatMap(([position, description]) =>
    description.kind === "file" && plans.get(position)?.kind !== "expand"
      ? [{ position, file: description.file }]
      : [],
  );
  const folders = [...plans].flatMap(([position, plan]) =>
    plan.kind === "expand" ? [{ position, ...plan.folder }] : [],
  );
  return { facts, folders };
}

async function findKnown(
  parts: { readonly db: Database; readonly library: Pick<Library, "findKnownImages"> },
  job: JobRow,
  descriptions: ReadonlyMap<number, FileDescription>,
): Promise<ReadonlyMap<number, KnownImage>> {
  if ((job.options as ImportOptions).onDuplicate === "copy") return new Map();
  const files = [...descriptions].flatMap(([key, description]) =>
    description.kind === "file" ? [traitsOf(key, job.provider, description.file)] : [],
  );
  return parts.library.findKnownImages(parts.db, { tenantId: job.tenantId, files });
}

/** By what the library may know a file. */
export function traitsOf(key: number, provider: string, file: DriveFile): FileTraits {
  const { id: fileId, revision, sha256 } = file;
  return { key, source: revision === null ? null : { provider, fileId, revision }, sha256 };
}
