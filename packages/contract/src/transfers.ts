import { z } from "zod";
import {
  CollectionId,
  ConnectionId,
  ImageId,
  JobId,
  PlainText,
  Provider,
  ProviderFileId,
  Timestamp,
} from "./ids.ts";
import { Tags } from "./library.ts";

/** A key as it is, or as a string of structured fields (RFC 9651): 1 to 255 visible characters. */
const IDEMPOTENCY_KEY = /^(?:(?!")[\x21-\x7e]{1,255}|"(?:[\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255}")$/;

/**
 * The header that makes a repetition of a request harmless (draft-ietf-httpapi-idempotency-key-header-07). Other
 * headers are let through.
 */
export const RepeatHeaders = z.looseObject({
  "idempotency-key": z
    .string()
    .regex(IDEMPOTENCY_KEY, "must be 1 to 255 visible characters, bare or in double quotes")
    .optional()
    .meta({
      description:
        "A name for this request, new for each. Sent again with the same key and body within 24 hours, it makes nothing anew and is answered as before.",
    }),
});

/** Besides, the header by which a client says whether it waits for a job (RFC 7240). */
export const WaitHeaders = RepeatHeaders.extend({
  prefer: z.string().optional().meta({
    description: "`respond-async`, or `wait=N` to wait N seconds for the job's end, 60 at the most.",
  }),
});

export const ImportRequest = z
  .strictObject({
    connection_id: ConnectionId,
    files: z
      .array(
        z.strictObject({
          id: ProviderFileId,
          name: PlainText(4096),
          mime_type: PlainText(255).optional(),
          size_bytes: z.int().nonnegative().optional(),
          resource_key: ProviderFileId.optional().meta({
            description: "What the provider's picker names with a file that is shared by a link.",
          }),
        }),
      )
      .min(1, "must name at least one file"),
    auto_describe: z.boolean().default(true),
    tags: Tags.default([]),
    collection_id: CollectionId.optional(),
    on_duplicate: z.enum(["skip", "copy"]).default("skip").meta({
      description:
        "What becomes of a file whose content is in the library already: `skip` names the image that is there, `copy` makes another.",
    }),
  })
  .meta({ id: "ImportRequest" });

export const ImportPlanReply = z
  .object({
    total_files: z.int().meta({ description: "Files that were looked at, those in folders among them." }),
    importable: z.int(),
    duplicates: z.int().meta({ description: "Files whose image is in the library already." }),
    unsupported: z
      .record(z.string(), z.int())
      .meta({ description: "Files that would fail, by the code that they would fail with." }),
    ignored_files: z.int().meta({ description: "Files in folders that are no pictures." }),
    visibility: z.enum(["full", "partial"]).nullable().meta({
      description: "Whether the grant shows everything in the folders; null when there is none.",
    }),
    bytes: z.int().meta({ description: "Of the importable files, as far as their sizes are known." }),
    quota_units: z.int().meta({ description: "What the import would spend of the provider's quota." }),
    estimated_seconds: z.int(),
    complete: z.boolean().meta({
      description: "False when there is more than one plan looks at: the numbers are of a part.",
    }),
  })
  .meta({ id: "ImportPlanReply" });
export type ImportPlanReply = z.infer<typeof ImportPlanReply>;

/** A file of a small import that was not imported, and why. */
export const FailedFile = z
  .object({ id: z.string(), name: z.string(), code: z.string(), message: z.string() })
  .meta({ id: "FailedFile" });
export type FailedFile = z.infer<typeof FailedFile>;

export const ImportReply = z
  .union([
    z
      .object({
        image_ids: z.array(ImageId),
        job_id: z.null(),
        status: z.null(),
        total_files: z.int(),
        is_async: z.literal(false),
        message: z.string(),
        import_job_id: JobId.meta({
          description: "The job that did the work; it can be read like any other.",
        }),
        failed_files: z.array(FailedFile),
        skipped_files: z.int().meta({
          description: "Files whose image was in the library already; its id is in image_ids.",
        }),
      })
      .meta({ id: "ImportSyncReply" }),
    z
      .object({
        image_ids: z.null(),
        job_id: JobId,
        status: z.literal("pending"),
        total_files: z.int(),
        is_async: z.literal(true),
        message: z.string(),
      })
      .meta({ id: "ImportAsyncReply" }),
  ])
  .meta({ id: "ImportReply" });
export type ImportReply = z.infer<typeof ImportReply>;

export const ExportRequest = z
  .strictObject({
    connection_id: ConnectionId,
    image_ids: z.array(ImageId).min(1, "must name at least one image"),
    folder_id: ProviderFileId.optional(),
    folder_name: PlainText(1024).optional(),
    on_conflict: z
      .enum(["keep_both", "skip", "replace"])
      .default("keep_both")
      .meta({
        description:
          "What to do with an image when the target folder holds a file that Driveway exported from it before: make " +
          "another file, leave it out, or give that file the image's bytes. Other files are never touched.",
      }),
  })
  .meta({ id: "ExportRequest" });

export const ExportReply = z
  .union([
    z
      .object({
        cloud_file_ids: z.null(),
        job_id: JobId,
        job_status: z.literal("pending"),
        is_async: z.literal(true),
        message: z.string(),
      })
      .meta({ id: "ExportAsyncReply" }),
    z
      .object({
        cloud_file_ids: z.array(z.string()),
        job_id: z.null(),
        job_status: z.null(),
        is_async: z.literal(false),
        message: z.string(),
        export_job_id: JobId,
        failed_files: z.array(FailedFile),
      })
      .meta({ id: "ExportSyncReply" }),
  ])
  .meta({ id: "ExportReply" });
export type ExportReply = z.infer<typeof ExportReply>;

export const JobStatus = z.enum(["pending", "in_progress", "completed", "partial", "failed", "cancelled"]);
export type JobStatus = z.infer<typeof JobStatus>;

export const JobType = z.enum(["import", "export"]);

/** What a job is doing or waiting for, beside its status. */
export const JobDetails = z
  .object({
    state: z.enum(["waiting_for_worker", "queued", "expanding", "running", "paused", "ended"]).meta({
      description:
        "`waiting_for_worker`: no worker was seen lately; `expanding`: folders are being listed; `paused`: it waits for `pause_code` to pass.",
    }),
    paused_until: Timestamp.nullable().meta({ description: "When it looks again." }),
    pause_code: z.string().nullable().meta({ description: "What it waits for; a stable word." }),
    visibility: z.enum(["full", "partial"]).nullable().meta({
      description:
        "Whether the grant sees everything in the folders that were asked for; null without folders.",
    }),
    attempt: z.int().meta({ description: "Which run this is, from 1; a retry is another." }),
    open_folders: z.int().meta({ description: "Folders that are still being listed." }),
    ignored_files: z.int().meta({ description: "Files in the folders that are no pictures." }),
  })
  .meta({ id: "JobDetails" });

export const Job = z
  .object({
    job_id: JobId,
    type: JobType,
    status: JobStatus,
    connection_id: ConnectionId,
    provider: Provider,
    total_files: z.int().meta({ description: "It grows while folders are being listed." }),
    completed_files: z.int().meta({ description: "Those that were skipped included." }),
    failed_files: z.int(),
    error: z.string().nullable(),
    created_at: Timestamp,
    updated_at: Timestamp,
    completed_at: Timestamp.nullable(),
    skipped_files: z.int(),
    cancelled_files: z.int(),
    bytes_done: z.int().meta({ description: "Files that are under way included." }),
    bytes_total: z.int().meta({ description: "Of all files, as far as their sizes are known." }),
    bytes_per_second: z.int().nullable().meta({ description: "The mean of this run; null when not known." }),
    started_at: Timestamp.nullable(),
    estimated_end_at: Timestamp.nullable().meta({ description: "At the mean pace; null when not known." }),
    details: JobDetails,
  })
  .meta({ id: "Job" });
export type Job = z.infer<typeof Job>;

export const JobPath = z.strictObject({ job_id: JobId });
export const JobReply = z.object({ job: Job }).meta({ id: "JobReply" });

export const ListJobsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z
    .string()
    .regex(/^\d{13}\.job_[0-9a-z]{26}$/, "must be the next_cursor of the page before")
    .optional(),
  type: JobType.optional(),
  status: JobStatus.optional(),
  connection_id: ConnectionId.optional(),
});

export const ListJobsReply = z
  .object({ jobs: z.array(Job), next_cursor: z.string().nullable() })
  .meta({ id: "ListJobsReply" });

export const ListJobItemsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().max(64).regex(/^\d+$/, "must be the next_cursor of an earlier reply").optional(),
});

/** How one file of a job stands or ended. */
export const JobItem = z
  .object({
    position: z.int(),
    state: z.enum(["pending", "running", "done", "skipped", "failed", "cancelled"]),
    name: z.string(),
    image_id: ImageId.nullable(),
    cloud_file_id: z.string().nullable(),
    code: z.string().nullable().meta({ description: "Why it failed; a stable word." }),
    message: z.string().nullable().meta({ description: "Why it failed; a sentence for people." }),
    bytes_done: z.int(),
  })
  .meta({ id: "JobItem" });
export type JobItem = z.infer<typeof JobItem>;

export const ListJobItemsReply = z
  .object({ items: z.array(JobItem), next_cursor: z.string().nullable() })
  .meta({ id: "ListJobItemsReply" });

const Count = z.int().nonnegative();

/** What became of one file of a job, with what proves it. */
const ReceiptLine = z
  .object({
    position: z.int(),
    cloud_file_id: z.string().nullable(),
    name: z.string(),
    outcome: JobItem.shape.state,
    code: z.string().nullable(),
    source: z
      .object({
        file_id: z.string(),
        revision: z.string().nullable(),
        size_bytes: z.int().nullable(),
        md5: z.string().nullable(),
        sha256: z.string().nullable(),
      })
      .nullable()
      .meta({ description: "What the provider said of the bytes before they were fetched." }),
    image_id: ImageId.nullable(),
    sha256: z.string().nullable().meta({ description: "Of the bytes in the library." }),
    blob_key: z.string().nullable(),
    bytes_done: z.int(),
  })
  .meta({ id: "ReceiptLine" });

export const JobReceiptReply = z
  .object({
    job: Job,
    totals: z.object({
      pending: Count,
      running: Count,
      done: Count,
      skipped: Count,
      failed: Count,
      cancelled: Count,
      ignored: Count.meta({
        description: "Files in folders that are no pictures; they are no files of the job.",
      }),
    }),
    visibility: z.enum(["full", "partial"]).nullable(),
    files: z.array(ReceiptLine),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: "JobReceiptReply" });
export type JobReceiptReply = z.infer<typeof JobReceiptReply>;
