/** Names one chunk of a job; everything else about it is in the database. */
export interface ChunkMessage {
  readonly tenantId: string;
  readonly jobId: string;
  readonly chunkNumber: number;
}

/** Names one folder of an import. */
export interface FolderMessage {
  readonly tenantId: string;
  readonly jobId: string;
  readonly folderId: string;
}

/**
 * Every queue with what its messages carry: ids and choices, so that no secret rests in a queue.
 * `transfer-chunk-first` is the lane of jobs of which nothing moves yet, so that they never stand behind the others.
 * `transfer-chunk-dead` takes the chunks that lost their worker or failed at every try.
 */
export interface QueuePayloads {
  "transfer-chunk-first": ChunkMessage;
  "transfer-chunk": ChunkMessage;
  "transfer-chunk-dead": ChunkMessage;
  /** A pause of the job is over: its chunks want to go on. */
  "resume-job": { readonly tenantId: string; readonly jobId: string };
  /** Lists a folder of an import; `expand-folder-dead` takes those that could not be listed at any try. */
  "expand-folder": FolderMessage;
  "expand-folder-dead": FolderMessage;
  "revoke-grant": { readonly revocationId: string };
  "expire-attempt": { readonly tenantId: string; readonly attemptId: string };
  /** Clears away what a user left who is gone: their jobs, and their images if that was asked for. */
  "erase-user": { readonly tenantId: string; readonly userId: string; readonly withImages: boolean };
  /** Clears a workspace away that is marked as to be deleted. */
  "erase-workspace": { readonly tenantId: string };
}

export type QueueName = keyof QueuePayloads;

/** How a queue treats its messages. */
export interface QueueRules {
  readonly name: QueueName;
  /** Deliveries after the first one, whether the handler threw or its worker died. */
  readonly retryLimit: number;
  /** Wait before the second try when a handler threw; doubles every time. A dead worker's message comes again at once. */
  readonly retryDelaySeconds: number;
  readonly retryDelayMaxSeconds: number;
  /** Where a message goes after its last try; null drops it. */
  readonly deadLetter: QueueName | null;
}

/** All queues, a dead letter queue before the one that needs it. */
export const QUEUES: readonly QueueRules[] = [
  {
    name: "transfer-chunk-dead",
    retryLimit: 1000,
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 300,
    deadLetter: null,
  },
  {
    name: "transfer-chunk-first",
    retryLimit: 10,
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 60,
    deadLetter: "transfer-chunk-dead",
  },
  {
    name: "transfer-chunk",
    retryLimit: 10,
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 60,
    deadLetter: "transfer-chunk-dead",
  },
  {
    name: "resume-job",
    retryLimit: 1000,
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 60,
    deadLetter: null,
  },
  {
    name: "expand-folder-dead",
    retryLimit: 1000,
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 300,
    deadLetter: null,
  },
  {
    name: "expand-folder",
    retryLimit: 10,
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 60,
    deadLetter: "expand-folder-dead",
  },
  // Twelve tries reach an hour's distance, the others follow within the hour: more than a day, however the dice fall.
  {
    name: "revoke-grant",
    retryLimit: 64,
    retryDelaySeconds: 2,
    retryDelayMaxSeconds: 3600,
    deadLetter: null,
  },
  {
    name: "expire-attempt",
    retryLimit: 20,
    retryDelaySeconds: 2,
    retryDelayMaxSeconds: 3600,
    deadLetter: null,
  },
  // What was promised to be deleted is tried for more than two weeks, however the dice fall.
  {
    name: "erase-user",
    retryLimit: 1000,
    retryDelaySeconds: 2,
    retryDelayMaxSeconds: 3600,
    deadLetter: null,
  },
  {
    name: "erase-workspace",
    retryLimit: 1000,
    retryDelaySeconds: 2,
    retryDelayMaxSeconds: 3600,
    deadLetter: null,
  },
];

/**
 * Seconds to wait after a handler threw, with up to half of it random so that many do not come back together.
 * @param attempt how often the message has been tried, from 1
 * @param random from 0 to 1
 */
export function retryDelaySeconds(rules: QueueRules, attempt: number, random: number): number {
  const full = Math.min(rules.retryDelayMaxSeconds, rules.retryDelaySeconds * 2 ** Math.min(attempt - 1, 20));
  return full / 2 + (full / 2) * random;
}

/** The rules of a queue. */
export function rulesOf(name: QueueName): QueueRules {
  const rules = QUEUES.find((queue) => queue.name === name);
  if (rules === undefined) throw new Error(`no queue is called ${name}`);
  return rules;
}
