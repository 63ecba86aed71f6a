import {
  JobPath,
  JobReply,
  ListJobItemsQuery,
  ListJobItemsReply,
  ListJobsQuery,
  ListJobsReply,
  RepeatHeaders,
} from "@driveway/contract";
import type { Transfers } from "../../transfers/index.ts";
import type { ApiServer } from "../api-server.ts";
import { answerOnce } from "../idempotency/answer-once.ts";
import { principalOf } from "../principal-of.ts";
import { presentJob, presentJobItem, presentJobPlace, readJobPlace, readStatus } from "./present-job.ts";

/** The largest that the database can hold; a cursor beyond it is beyond every job. */
const LAST_POSITION = 2 ** 31 - 1;

/** The caller's jobs, how each stands with its files, its stop, and another try for files that failed. */
export function jobRoutes(app: ApiServer, parts: { readonly transfers: Transfers }): void {
  readingRoutes(app, parts);
  changingRoutes(app, parts);
}

function readingRoutes(app: ApiServer, { transfers }: { readonly transfers: Transfers }): void {
  app.get(
    "/api/v2/cloud-storage/jobs",
    {
      schema: {
        tags: ["Jobs"],
        operationId: "listJobs",
        summary: "The caller's own jobs, newest first",
        querystring: ListJobsQuery,
        response: { 200: ListJobsReply },
      },
    },
    async (request) => {
      const { limit, cursor, type, status, connection_id } = request.query;
      const page = await transfers.listJobs({
        principal: principalOf(request),
        limit,
        after: readJobPlace(cursor),
        type: type ?? null,
        statuses: status === undefined ? null : readStatus(status),
        connectionId: connection_id ?? null,
      });
      return { jobs: page.jobs.map(presentJob), next_cursor: presentJobPlace(page.next) };
    },
  );
  app.get(
    "/api/v2/cloud-storage/jobs/:job_id",
    {
      schema: {
        tags: ["Jobs"],
        operationId: "getJob",
        summary: "How a job stands",
        params: JobPath,
        response: { 200: JobReply },
      },
    },
    async (request) => {
      const job = await transfers.getJob({
        principal: principalOf(request),
        jobId: request.params.job_id,
      });
      return { job: presentJob(job) };
    },
  );
  app.get(
    "/api/v2/cloud-storage/jobs/:job_id/items",
    {
      schema: {
        tags: ["Jobs"],
        operationId: "listJobItems",
        summary: "How each file of a job stands or ended, in the order of the request",
        params: JobPath,
        querystring: ListJobItemsQuery,
        response: { 200: ListJobItemsReply },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query;
      const page = await transfers.listJobItems({
        principal: principalOf(request),
        jobId: request.params.job_id,
        limit,
        afterPosition: cursor === undefined ? null : Math.min(Number(cursor), LAST_POSITION),
      });
      return {
        items: page.items.map(presentJobItem),
        next_cursor: page.nextAfterPosition?.toString() ?? null,
      };
    },
  );
}

function changingRoutes(app: ApiServer, { transfers }: { readonly transfers: Transfers }): void {
  app.post(
    "/api/v2/cloud-storage/jobs/:job_id/cancel",
    {
      schema: {
        tags: ["Jobs"],
        operationId: "cancelJob",
        summary: "Stop a job at once; what is done stays",
        params: JobPath,
        response: { 200: JobReply },
      },
    },
    async (request) => {
      const job = await transfers.cancelJob({
        principal: principalOf(request),
        jobId: request.params.job_id,
      });
      return { job: presentJob(job) };
    },
  );
  app.post(
    "/api/v2/cloud-storage/jobs/:job_id/retry",
    {
      schema: {
        tags: ["Jobs"],
        operationId: "retryJob",
        summary: "Run the failed files of a job again, once it has ended",
        headers: RepeatHeaders,
        params: JobPath,
        response: { 200: JobReply },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      const wanted = { principal, jobId: request.params.job_id };
      return answerOnce(transfers, {
        request,
        reply,
        principal,
        waitMs: 0,
        start: async (repeatable) => (await transfers.retryJob({ ...wanted, repeatable })).id,
        answer: async () => ({ job: presentJob(await transfers.getJob(wanted)) }),
      });
    },
  );
}
