/** Bounds on transfers. Sizes in bytes, times in milliseconds. */
export interface TransferLimits {
  readonly syncMaxFiles: number;
  readonly syncMaxBytes: number;
  readonly syncWaitMs: number;
  readonly maxFileBytes: number;
  readonly maxFilesPerJob: number;
  /** What the images of a tenant may take; 0 for no limit. */
  readonly storageQuotaBytes: number;
  /** Jobs of a tenant that have not ended, and files in them that wait or are under way. */
  readonly maxOpenJobs: number;
  readonly maxOpenFiles: number;
  /** Files that one process moves at a time. */
  readonly transferConcurrency: number;
  /** Bytes of the files that one process moves at a time. */
  readonly transferBytesInFlight: number;
  /** Files that move at a time over one connection, in all processes together. */
  readonly connectionConcurrency: number;
  /** Files that move at a time for one tenant, in all processes together. */
  readonly tenantConcurrency: number;
  readonly transferIdleTimeoutMs: number;
}

/** How the limits on files become limits on chunks: a chunk that is being worked on moves so many files at a time. */
export interface TransferShape {
  /** Files of one chunk that move at a time. */
  readonly chunkConcurrency: number;
  /** Chunks that one process works on at a time. */
  readonly processChunks: number;
  /** First chunks of jobs that one process works on at a time, beside those. */
  readonly processFirstChunks: number;
  /** Chunks of one connection that are in the queue or with a worker. */
  readonly connectionChunks: number;
  /** Chunks of one tenant that are in the queue or with a worker. */
  readonly tenantChunks: number;
}

/** Few, so that a window holds many chunks and its permits go round among many jobs. */
const CHUNK_CONCURRENCY = 8;
/** Chunks of the lane of beginning jobs for one of the other: each is small, and what moves is the gate's to say. */
const FIRST_CHUNKS_PER_CHUNK = 2;

/** Divides the limits into chunks, so that no limit on files is ever crossed; at least one chunk moves. */
export function transferShape(limits: TransferLimits): TransferShape {
  const chunkConcurrency = Math.min(
    CHUNK_CONCURRENCY,
    limits.transferConcurrency,
    limits.connectionConcurrency,
    limits.tenantConcurrency,
  );
  const chunksWithin = (files: number) => Math.max(1, Math.floor(files / chunkConcurrency));
  return {
    chunkConcurrency,
    processChunks: chunksWithin(limits.transferConcurrency),
    processFirstChunks: FIRST_CHUNKS_PER_CHUNK * chunksWithin(limits.transferConcurrency),
    connectionChunks: chunksWithin(limits.connectionConcurrency),
    tenantChunks: chunksWithin(limits.tenantConcurrency),
  };
}
