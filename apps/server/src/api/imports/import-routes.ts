import { ImportPlanReply, ImportReply, ImportRequest, WaitHeaders } from "@driveway/contract";
import type { z } from "zod";
import { isSmall, type Transfers, uniqueFiles } from "../../transfers/index.ts";
import type { ApiServer } from "../api-server.ts";
import { answerOnce } from "../idempotency/answer-once.ts";
import { awaitJob } from "../jobs/await-job.ts";
import { LargeBody } from "../large-bodies/large-body.ts";
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
      config: { largeBody: "import" },
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
      const { order, sizes, totalFiles } = readOrder(request.body);
      const isWaitedFor = sizes !== null && isSmall(sizes, transfers.limits);
      const usualMs = isWaitedFor ? transfers.limits.syncWaitMs : 0;
      const asking = { request, reply, principal };
      return answerOnce(transfers, {
        ...asking,
        waitMs: waitMsOf(parsePrefer(request.headers.prefer), usualMs),
        start: (repeatable) => transfers.startImport({ principal, ...order, repeatable }),
        answer: async (jobId) => {
          const outcome = await awaitJob(transfers, { ...asking, jobId, type: "import", usualMs });
          return presentImport({ jobId, totalFiles, outcome });
        },
      });
    },
  );
  app.post(
    "/api/v2/cloud-storage/import/plan",
    {
      schema: {
        tags: ["Import and export"],
        operationId: "planImport",
        summary: "What an import would do, without doing it; bodies up to 1 MiB",
        body: ImportRequest,
        response: { 200: ImportPlanReply },
      },
    },
    async (request, reply) => {
      const gone = new AbortController();
      reply.raw.once("close", () => gone.abort());
      const { files, ...head } = request.body;
      const asked = { principal: principalOf(request), ...toOrder(head, nameFiles(files)) };
      return presentPlan(await transfers.planImport({ ...asked, signal: gone.signal }));
    },
  );
}

type Body = z.output<typeof ImportRequest>;

/** The order, and the sizes of its files unless they are too many to be looked at here. */
function readOrder(body: Body | LargeBody) {
  if (body instanceof LargeBody) {
    const { head, count, bytes, json } = body;
    return { order: toOrder(head as Head, { count, bytes, json }), sizes: null, totalFiles: count };
  }
  const { files, ...head } = body;
  const named = nameFiles(files);
  return { order: toOrder(head, named), sizes: named, totalFiles: named.length };
}

function nameFiles(files: Body["files"]) {
  return uniqueFiles(files).map(({ id, name, size_bytes, resource_key }) => ({
    id,
    name,
    sizeBytes: size_bytes ?? null,
    resourceKey: resource_key ?? null,
  }));
}

type Head = Omit<Body, "files">;

function toOrder<Files>(head: Head, files: Files) {
  return {
    connectionId: head.connection_id,
    files,
    tags: head.tags,
    collectionId: head.collection_id ?? null,
    autoDescribe: head.auto_describe,
    onDuplicate: head.on_duplicate,
  };
}
