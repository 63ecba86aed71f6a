import type pg from "pg";
import type { ChaosFile, Expectation } from "./chaos-drive.ts";
import type { Order } from "./orders.ts";
import type { Violations } from "./violations.ts";

/** Reasons that lie in a moment and not in a file: nothing may fail by them for good. */
const PASSING_CODES: ReadonlySet<string> = new Set([
  "provider_rate_limited",
  "provider_timeout",
  "provider_failed",
  "storage_unavailable",
  "worker_lost",
  "internal_error",
  "oauth_client_refused",
  "REAUTH_REQUIRED",
]);

/** An item with the image that came of it. */
interface ImportedRow {
  readonly jobId: string;
  readonly position: number;
  readonly state: string;
  readonly fileId: string;
  readonly errorCode: string | null;
  readonly imageId: string | null;
  readonly sha256: string | null;
  readonly mark: string;
}

/** What came of all imports. */
export interface ImportsReport {
  readonly images: number;
  /** Files that were left out because their content was there. */
  readonly known: number;
  readonly refused: number;
  readonly doubles: number;
  readonly losses: number;
  readonly shortcuts: "imported" | "refused" | "none";
  /** Refusals by what the file is: the codes. */
  readonly refusals: Readonly<Record<string, readonly string[]>>;
}

const ROWS = `
  select item.job_id as "jobId", item.position, item.state, item.provider_file_id as "fileId",
    item.error_code as "errorCode", image.id as "imageId", encode(image.sha256, 'hex') as "sha256",
    job.options -> 'tags' ->> 0 as mark
  from transfer_items item
  join transfer_jobs job on job.id = item.job_id
  left join images image on image.id = item.image_id and image.tenant_id = item.tenant_id
  where job.type = 'import'`;

/** Compares every item of every import with its file: each once, each with its bytes, and refused only for a reason of its own. */
export async function checkImports(params: {
  readonly pool: pg.Pool;
  readonly orders: readonly Order[];
  readonly violations: Violations;
}): Promise<ImportsReport> {
  const { violations } = params;
  const { rows } = await params.pool.query<ImportedRow>(ROWS);
  const byMark = Map.groupBy(rows, ({ mark }) => mark);
  const files = new Map<string, ChaosFile>();
  let doubles = 0;
  let losses = 0;
  for (const order of params.orders) {
    for (const file of order.files) files.set(file.id, file);
    const own = byMark.get(order.mark) ?? [];
    const jobs = new Set(own.map(({ jobId }) => jobId)).size;
    if (jobs !== 1) violations.add(`"${order.mark}" was ordered once and made ${jobs} jobs`);
    if (own.length !== order.files.length * Math.max(1, jobs)) {
      violations.add(`"${order.mark}" has ${own.length} items for ${order.files.length} files`);
    }
  }
  const refusals = new Map<string, Set<string>>();
  const shortcuts = new Set<string>();
  for (const row of rows) {
    const file = files.get(row.fileId);
    if (file === undefined) {
      violations.add(`${row.jobId} has an item for a file that nobody ordered: ${row.fileId}`);
      continue;
    }
    const fault = faultOf(row, file.expectation);
    if (fault !== null) violations.add(`${file.name} (${row.fileId}, ${row.jobId}): ${fault}`);
    if (fault !== null && file.expectation.kind === "image") losses += 1;
    if (file.expectation.kind === "shortcut") shortcuts.add(isGood(row) ? "imported" : "refused");
    if (file.expectation.kind !== "refusal") continue;
    const codes = refusals.get(file.expectation.why) ?? new Set();
    refusals.set(file.expectation.why, codes.add(row.errorCode ?? row.state));
  }
  for (const [why, codes] of refusals) {
    if (codes.size > 1) violations.add(`"${why}" is refused in ${codes.size} ways: ${[...codes].join(", ")}`);
  }
  if (shortcuts.size > 1) violations.add("some shortcuts were followed and others refused");
  doubles += await countDoubles(params.pool, violations);
  const good = rows.filter(isGood);
  return {
    images: good.filter(({ state }) => state === "done").length,
    known: good.filter(({ state }) => state === "skipped").length,
    refused: rows.length - good.length,
    doubles,
    losses,
    shortcuts: shortcuts.has("imported") ? "imported" : shortcuts.has("refused") ? "refused" : "none",
    refusals: Object.fromEntries([...refusals].map(([why, codes]) => [why, [...codes]])),
  };
}

function isGood({ state }: ImportedRow): boolean {
  return state === "done" || state === "skipped";
}

function faultOf(row: ImportedRow, expectation: Expectation): string | null {
  if (!isGood(row)) {
    if (expectation.kind === "image") return `ended as ${row.state} (${row.errorCode})`;
    if (row.state !== "failed") return `ended as ${row.state}`;
    const isPassing = row.errorCode === null || PASSING_CODES.has(row.errorCode);
    return isPassing ? `was refused by what passes (${row.errorCode})` : null;
  }
  if (expectation.kind === "refusal") return `was imported, though it is "${expectation.why}"`;
  if (row.imageId === null) return `is ${row.state}, and the image is not there`;
  return row.sha256 === expectation.sha256 ? null : `has the SHA-256 ${row.sha256} for ${expectation.sha256}`;
}

/** Images that no finished item names, that came of one file of a job twice, or that have the content of another. */
async function countDoubles(pool: pg.Pool, violations: Violations): Promise<number> {
  const { rows: unnamed } = await pool.query<{ id: string }>(`
    select image.id from images image where not exists (
      select from transfer_items item where item.tenant_id = image.tenant_id and item.image_id = image.id
        and item.state in ('done', 'skipped'))`);
  for (const { id } of unnamed) violations.add(`the image ${id} came of no finished item`);
  const { rows: twice } = await pool.query<{ fileId: string; count: number }>(`
    select image.source_file_id as "fileId", count(*)::int as count
    from images image join transfer_items item on item.tenant_id = image.tenant_id and item.image_id = image.id
    join transfer_jobs job on job.id = item.job_id and job.type = 'import' and item.state = 'done'
    group by job.id, item.provider_file_id, image.source_file_id having count(*) > 1`);
  for (const { fileId, count } of twice) violations.add(`${fileId} was imported ${count} times by one job`);
  const { rows: known } = await pool.query<{ id: string; count: number }>(`
    select min(id) as id, count(*)::int as count from images group by tenant_id, sha256 having count(*) > 1`);
  for (const { id, count } of known)
    violations.add(`the content of ${id} is in its workspace ${count} times`);
  return unnamed.length + twice.length + known.length;
}
