import type { FastifyInstance } from "fastify";
import type { Authorize } from "../authorize.ts";
import type { Quotas } from "../quotas/index.ts";
import type { LiveSettings } from "../settings/index.ts";
import { ImageReadings } from "./image-metadata/image-readings.ts";
import { ListingPages } from "./listing/listing-pages.ts";
import { registerAbout } from "./routes/about.ts";
import { registerBatch } from "./routes/batch.ts";
import { registerCopy } from "./routes/copy.ts";
import { registerDrives } from "./routes/drives.ts";
import { registerEmptyTrash } from "./routes/empty-trash.ts";
import { registerPermissions } from "./routes/permissions.ts";
import type { PresignedDownloads } from "./presigned-downloads.ts";
import type { DriveContext } from "./routes/drive-context.ts";
import { registerExport } from "./routes/export.ts";
import { leaveBodiesUnread, takeBodiesAsText } from "./routes/file-body.ts";
import { registerGenerateIds } from "./routes/generate-ids.ts";
import { registerGet } from "./routes/get.ts";
import { handleErrors } from "./routes/handle-errors.ts";
import { registerList } from "./routes/list.ts";
import { registerPresignedDownload } from "./routes/presigned-download.ts";
import { registerSession } from "./routes/session.ts";
import { registerThumbnail } from "./routes/thumbnail.ts";
import { registerUpload } from "./routes/upload.ts";
import { registerWrite } from "./routes/write.ts";
import type { DriveStore } from "./store/drive-store.ts";
import { Thumbnails } from "./thumbnails.ts";
import type { UploadSessions } from "./uploads/upload-sessions.ts";

interface DriveParts {
  readonly store: DriveStore;
  readonly authorize: Authorize;
  readonly settings: LiveSettings;
  readonly quotas: Quotas;
  /** Where downloads may be sent to. */
  readonly presigned: PresignedDownloads;
  /** The resumable uploads under way. */
  readonly sessions: UploadSessions;
  /** The clock, in milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Puts Drive v3 into a server: metadata, downloads, uploads, batches and thumbnails. Error format, body parsers and
 * hooks stay within these routes.
 */
export async function registerDriveRoutes(
  app: FastifyInstance,
  { store, authorize, settings, quotas, presigned, sessions, now }: DriveParts,
): Promise<void> {
  const context: DriveContext = {
    store,
    authorize,
    settings,
    quotas,
    presigned,
    sessions,
    now,
    pages: new ListingPages({ now }),
    thumbnails: new Thumbnails(),
    images: new ImageReadings(),
  };
  store.open();
  await app.register(async (scope) => {
    handleErrors(scope);
    await scope.register(async (plain) => registerPlainRoutes(plain, context));
    await scope.register(async (streamed) => registerStreamedRoutes(streamed, context));
  });
}

function registerPlainRoutes(scope: FastifyInstance, context: DriveContext): void {
  takeBodiesAsText(scope);
  registerAbout(scope, context);
  registerGenerateIds(scope, context);
  registerList(scope, context);
  registerGet(scope, context);
  registerPresignedDownload(scope, context);
  registerExport(scope, context);
  registerWrite(scope, context);
  registerCopy(scope, context);
  registerEmptyTrash(scope, context);
  registerPermissions(scope, context);
  registerDrives(scope, context);
  registerThumbnail(scope, context);
}

function registerStreamedRoutes(scope: FastifyInstance, context: DriveContext): void {
  leaveBodiesUnread(scope);
  registerUpload(scope, context);
  registerSession(scope, context);
  registerBatch(scope);
}
