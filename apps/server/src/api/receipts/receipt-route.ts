import { JobPath, JobReceiptReply, ListJobItemsQuery } from "@driveway/contract";
import type { Transfers } from "../../transfers/index.ts";
import type { ApiServer } from "../api-server.ts";
import { principalOf } from "../principal-of.ts";
import { presentReceipt } from "./present-receipt.ts";

/** The largest that the database can hold; a cursor beyond it is beyond every job. */
const LAST_POSITION = 2 ** 31 - 1;

/** What became of every file of a job, with checksums, to be kept and to be checked. */
export function receiptRoute(app: ApiServer, { transfers }: { readonly transfers: Transfers }): void {
  const schema = {
    tags: ["Jobs"],
    operationId: "getJobReceipt",
    summary: "What the provider said of each file of a job, and what was kept of it",
    params: JobPath,
    querystring: ListJobItemsQuery,
    response: { 200: JobReceiptReply },
  };
  app.get("/api/v2/cloud-storage/jobs/:job_id/receipt", { schema }, async (request) => {
    const { limit, cursor } = request.query;
    const page = await transfers.listReceipt({
      principal: principalOf(request),
      jobId: request.params.job_id,
      limit,
      afterPosition: cursor === undefined ? null : Math.min(Number(cursor), LAST_POSITION),
    });
    return presentReceipt(page);
  });
}
