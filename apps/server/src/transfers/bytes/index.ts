export type { ByteMover, ReceivedBlob } from "./byte-mover.ts";
export { createLocalByteMover } from "./local-byte-mover.ts";
export { damagedBlob, isDamagedBlob } from "./read-checked-blob.ts";
export { serveBytes } from "./serve-bytes.ts";
export { createThreadedByteMover } from "./threaded-byte-mover.ts";
