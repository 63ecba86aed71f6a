import { ExportReply, ExportRequest, WaitHeaders } from "@driveway/contract";
import type { Transfers } from "../../transfers/index.ts";
import type { ApiServer } from "../api-server.ts";
import { answerOnce } from "../idempotency/answer-once.ts";
import { awaitJob } from "../jobs/await-job.ts";
import { parsePrefer, waitMsOf } from "../parse-prefer.ts";
import { principalOf } from "../principal-of.ts";
import { presentExport } from "./present-export.ts";

/** A request may name a hundred thousand images. */
const BODY_LIMIT_BYTES = 32 * 1024 * 1024;

/** Exports images into a drive. */
export function exportRoutes(app: ApiServer, parts: { readonly transfers: Transfers }): void {
  const { transfers } = parts;
  app.post(
    "/api/v2/cloud-storage/export",
    {
      bodyLimit: BODY_LIMIT_BYTES,
      schema: {
        tags: ["Import and export"],
        operationId: "exportImages",
        summary: "Export images; the job runs in the background, `Prefer: wait=N` waits for it",
        headers: WaitHeaders,
        body: ExportRequest,
        response: { 200: ExportReply },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      const order = {
        principal,
        connectionId: request.body.connection_id,
        imageIds: request.body.image_ids,
        folderId: request.body.folder_id ?? null,
        folderName: request.body.folder_name ?? null,
      };
      const asking = { request, reply, principal };
      return answerOnce(transfers, {
        ...asking,
        waitMs: waitMsOf(parsePrefer(request.headers.prefer), 0),
        start: (repeatable) => transfers.startExport({ ...order, repeatable }),
        answer: async (jobId) => {
          const outcome = await awaitJob(transfers, { ...asking, jobId, type: "export", usualMs: 0 });
          return presentExport({ jobId, outcome });
        },
      });
    },
  );
}
