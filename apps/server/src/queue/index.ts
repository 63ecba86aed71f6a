export { createQueue } from "./create-queue.ts";
export type { Delivery, Queue } from "./queue.ts";
export type { ChunkMessage, FolderMessage } from "./queues.ts";
