import { parentPort, workerData } from "node:worker_threads";
import { createDiskBlobStore } from "./blobs/index.ts";
import { openProviders } from "./open-providers.ts";
import type { ByteThreadData } from "./open-byte-mover.ts";
import { systemClock } from "./platform/index.ts";
import { createLocalByteMover, serveBytes } from "./transfers/bytes/index.ts";

/*
 * A thread that moves bytes. Like app.ts it puts parts together, those few that the bytes need.
 */
if (parentPort === null) throw new Error("this file is run by a thread of Driveway");
const { google, idleTimeoutMs, blobDirectory } = workerData as ByteThreadData;
// No thread speaks OAuth: tokens come from the main one, and the client's secret stays there.
const providers = openProviders({
  google: { ...google, clientSecret: "" },
  clock: systemClock,
  idleTimeoutMs,
});
const blobs = createDiskBlobStore({ directory: blobDirectory });
await serveBytes({ port: parentPort, mover: createLocalByteMover({ providers, blobs }) });
await providers.close();
