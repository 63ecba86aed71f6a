export { createQueue } from "./create-queue.ts";
export { liveMessages } from "./live-messages.ts";
export type { Delivery, Queue } from "./queue.ts";
export type { ChunkMessage, FolderMessage } from "./queues.ts";
