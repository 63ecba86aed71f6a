import type { BlobStore } from "../../blobs/index.ts";
import type { Database } from "../../db/index.ts";

/** What to do about each kind of finding, by its stable code. */
const ADVICE = {
  configuration_wrong: "Set it right as docs/configuration.md has it.",
  database_unreachable: "See whether the database runs, and whether DATABASE_URL leads to it.",
  database_not_migrated: "Start the service once; it brings the tables up to date.",
  database_newer: "Run the newer version of Driveway that wrote it.",
  clock_differs: "Set the clocks by NTP; limits and tokens are counted by them.",
  store_not_writable: "See whether the disk is full or read-only, and who owns DATA_DIR/blobs.",
  oauth_unreachable: "See whether this machine reaches GOOGLE_ISSUER; nobody can connect until it does.",
  sealing_key_missing: "Put the key back into ENCRYPTION_KEYS; driveway keys status tells which.",
  no_worker: "Start a process with ROLES=worker; nothing is moved until one runs.",
  job_waits_long: "See whether workers run and what they log.",
  grants_run_out:
    "Publish the app in the Google Cloud console; users must connect again every week until then.",
  blob_missing: "Put the blob store's backup of it back, or delete the image and import it again.",
  blob_wrong_size: "Put the blob store's backup of it back, or delete the image and import it again.",
  blob_wrong_content: "Put the blob store's backup of it back, or delete the image and import it again.",
  blob_unreadable: "Look for a fault of the disk or its permissions.",
  orphan_blob: "A worker removes it within a day; when it stays, see whether workers run and what they log.",
  job_counters_wrong: "A fault of Driveway; please report it. The job's items say what is true.",
  job_never_ends: "A fault of Driveway; please report it. Cancel the job and ask for it again.",
  item_stranded: "A fault of Driveway; please report it. Cancel the job and ask for it again.",
  message_missing: "A fault of Driveway; please report it. Cancel the job and ask for it again.",
  usage_wrong: "A fault of Driveway; please report it. The quota is counted by the wrong figure until then.",
  upload_without_item: "A fault of Driveway; please report it. It is removed within a week by itself.",
  chunk_open_in_ended_job:
    "A fault of Driveway; please report it. Its workspace moves fewer files at a time until then.",
  folder_open_in_ended_job: "A fault of Driveway; please report it. Nothing waits for it.",
} as const;

type FindingCode = keyof typeof ADVICE;

/** Something that does not fit together. */
export interface Finding {
  readonly code: FindingCode;
  /** What it is about, by its id or key. */
  readonly subject: string;
  /** A sentence for the operator, without anything that a user wrote. */
  readonly message: string;
  readonly advice: string;
}

/** A finding of this kind, with the advice that belongs to it. */
export function finding(code: FindingCode, subject: string, message: string): Finding {
  return { code, subject, message, advice: ADVICE[code] };
}

/** What every check works with. */
export interface CheckParts {
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly signal: AbortSignal;
}
