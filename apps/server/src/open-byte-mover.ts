import type { BlobStore } from "./blobs/index.ts";
import type { GoogleConfig } from "./config.ts";
import type { Providers } from "./drives/index.ts";
import type { Log } from "./platform/index.ts";
import { type ByteMover, createLocalByteMover, createThreadedByteMover } from "./transfers/bytes/index.ts";

/** What a thread that moves bytes is given to begin with. There is no secret in it. */
export interface ByteThreadData {
  readonly google: Omit<GoogleConfig, "clientSecret">;
  readonly idleTimeoutMs: number;
  readonly blobDirectory: string;
}

/** What moves the bytes of this process: its threads, or without any the calling thread. */
export function openByteMover(params: {
  /** 0 for none. */
  readonly threads: number;
  readonly google: GoogleConfig;
  /** How long a connection may be silent. */
  readonly idleTimeoutMs: number;
  readonly blobDirectory: string;
  readonly providers: Providers;
  readonly blobs: BlobStore;
  readonly log: Log;
}): ByteMover {
  const { threads, idleTimeoutMs, blobDirectory, log } = params;
  if (threads === 0) return createLocalByteMover(params);
  const { clientSecret: _secret, ...google } = params.google;
  const workerData: ByteThreadData = { google, idleTimeoutMs, blobDirectory };
  return createThreadedByteMover({
    entry: new URL("./byte-thread.ts", import.meta.url),
    workerData,
    threads,
    log,
  });
}
