import { ImportPlanReply, ImportReply, ImportRequest, WaitHeaders } from "@driveway/contract";
import type { z } from "zod";
import { isSmall, type Transfers, uniqueFiles } from "../../transfers/index.ts";
import type { ApiServer } from "../api-server.ts";
import { answerOnce } from "../idempotency/answer-once.ts";
import { awaitJob } from "../jobs/await-job.ts";
import { parsePrefer, waitMsOf } from "../parse-prefer.ts";
import { principalOf } from "../principal-of.ts";
import { presentImport } from "./present-import.ts";
import { presentPlan } from "./present-plan.ts";

/** A request may name a hundred thousand files. */
const BODY_LIMIT_BYTES = 32 * 1024 * 1024;

/** Imports files into the library. */
export function importRoutes(app: ApiServer, parts: { readonly transfers: Transfers }): void {
  const { transfers } = parts;
  app.post(
    "/api/v2/cloud-storage/import",
    {
      bodyLimit: BODY_LIMIT_BYTES,
      schema: {
        tags: ["Import and export"],
        operationId: "importFiles",
        summary: "Import files; a small import is waited for, `Prefer: respond-async` or `wait=N` override",
        headers: WaitHeaders,
        body: ImportRequest,
        response: { 200: ImportReply },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      const order = toOrder(request.body);
      const { files } = order;
      const usualMs = isSmall(files, transfers.limits) ? transfers.limits.syncWaitMs : 0;
      const asking = { request, reply, principal };
      return answerOnce(transfers, {
        ...asking,
        waitMs: waitMsOf(parsePrefer(request.headers.prefer), usualMs),
        start: (repeatable) => transfers.startImport({ principal, ...order, repeatable }),
        answer: async (jobId) => {
          const outcome = await awaitJob(transfers, { ...asking, jobId, type: "import", usualMs });
          return presentImport({ jobId, totalFiles: files.length, outcome });
        },
      });
    },
  );
  app.post(
    "/api/v2/cloud-storage/import/plan",
    {
      bodyLimit: BODY_LIMIT_BYTES,
      schema: {
        tags: ["Import and export"],
        operationId: "planImport",
        summary: "What an import would do, without doing it",
        body: ImportRequest,
        response: { 200: ImportPlanReply },
      },
    },
    async (request, reply) => {
      const gone = new AbortController();
      reply.raw.once("close", () => gone.abort());
      const asked = { principal: principalOf(request), ...toOrder(request.body), signal: gone.signal };
      return presentPlan(await transfers.planImport(asked));
    },
  );
}

function toOrder(body: z.output<typeof ImportRequest>) {
  return {
    connectionId: body.connection_id,
    files: uniqueFiles(body.files).map(({ id, name, size_bytes, resource_key }) => ({
      id,
      name,
      sizeBytes: size_bytes ?? null,
      resourceKey: resource_key ?? null,
    })),
    tags: body.tags,
    collectionId: body.collection_id ?? null,
    autoDescribe: body.auto_describe,
    onDuplicate: body.on_duplicate,
  };
}
