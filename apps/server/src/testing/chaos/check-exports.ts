import type { DriveFile } from "@driveway/sandbox";
import type pg from "pg";
import { accountOf, type ChaosDrive, OWNERS } from "./chaos-drive.ts";
import type { Order } from "./orders.ts";
import type { Violations } from "./violations.ts";

const FOLDER = "application/vnd.google-apps.folder";
const ROWS = `
  select item.image_id as "imageId", item.provider_file_id as "fileId", item.state,
    item.error_code as "errorCode", encode(image.sha256, 'hex') as sha256, job.id as "jobId"
  from transfer_items item join transfer_jobs job on job.id = item.job_id
  left join images image on image.id = item.image_id and image.tenant_id = item.tenant_id
  where job.type = 'export' and job.options ->> 'folderName' = $1`;

interface ExportedRow {
  readonly imageId: string;
  readonly fileId: string | null;
  readonly state: string;
  readonly errorCode: string | null;
  readonly sha256: string;
  readonly jobId: string;
}

/** What came of all exports. */
export interface ExportsReport {
  readonly files: number;
  readonly folders: number;
  readonly doubles: number;
  readonly losses: number;
}

/**
 * Compares every export with what is in the drives: one folder a job, in it each file once with its bytes, and nothing else
 * anywhere that the run did not put there itself.
 */
export async function checkExports(params: {
  readonly pool: pg.Pool;
  readonly drive: ChaosDrive;
  readonly orders: readonly Order[];
  readonly violations: Violations;
}): Promise<ExportsReport> {
  const { pool, drive, violations } = params;
  const report = { files: 0, folders: 0, doubles: 0, losses: 0 };
  const accounted = new Set(drive.files.map(({ id }) => id));
  for (const order of params.orders) {
    const { rows } = await pool.query<ExportedRow>(ROWS, [order.mark]);
    const jobs = new Set(rows.map(({ jobId }) => jobId)).size;
    if (jobs !== 1) violations.add(`"${order.mark}" was ordered once and made ${jobs} jobs`);
    const all = drive.sandbox.drive.listAll(accountOf(drive.sandbox, order.owner));
    const folders = all.filter(({ name, mimeType }) => name === order.mark && mimeType === FOLDER);
    if (folders.length !== 1) violations.add(`"${order.mark}" has ${folders.length} folders`);
    report.folders += folders.length;
    const inFolders = folders.flatMap(({ id }) => drive.sandbox.drive.childrenOf(id));
    for (const { id } of [...folders, ...inFolders]) accounted.add(id);
    report.files += inFolders.length;
    for (const row of rows) {
      const fault = faultOf(row, inFolders);
      if (fault === null) continue;
      report.losses += 1;
      violations.add(`${row.imageId} of "${order.mark}": ${fault}`);
    }
    report.doubles += Math.max(0, inFolders.length - rows.length);
  }
  for (const file of OWNERS.flatMap((owner) =>
    drive.sandbox.drive.listAll(accountOf(drive.sandbox, owner)),
  )) {
    if (accounted.has(file.id)) continue;
    report.doubles += 1;
    violations.add(`${file.name} (${file.id}) is in a drive, and no item of an export names it`);
  }
  if (report.doubles > 0) violations.add(`${report.doubles} files are in the drives too many times`);
  return report;
}

function faultOf(row: ExportedRow, files: readonly DriveFile[]): string | null {
  if (row.state !== "done") return `ended as ${row.state} (${row.errorCode})`;
  const own = files.filter(({ id }) => id === row.fileId);
  if (own.length !== 1) return `is done, and ${own.length} files are in the folder`;
  const sha256 = own[0]?.blob?.checksums.sha256;
  return sha256 === row.sha256 ? null : `has the SHA-256 ${sha256} for ${row.sha256}`;
}
