import { startTransferProcess } from "./start-transfer-process.ts";

/*
 * A worker in a process of its own, for tests that kill it. Its world comes as JSON in the first argument; it says
 * "working" when it takes chunks, and what those who left are to be cleared of.
 */
const [, , text = "{}"] = process.argv;
type World = Parameters<typeof startTransferProcess>[0];
type Params = Parameters<typeof startTransferProcess>[1];
const { limits, ...world } = JSON.parse(text) as World & Params & { sealingKey: string };
const sealingKey = Buffer.from(world.sealingKey, "base64");
const worker = await startTransferProcess({ ...world, sealingKey }, limits === undefined ? {} : { limits });
worker.transfers.startWorker();
worker.connections.startWorker();
worker.departures.startWorker();
process.stdout.write("working\n");
