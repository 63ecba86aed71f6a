export type { BlobEntry, BlobStore, StagedBlob } from "./blob-store.ts";
export { createDiskBlobStore } from "./disk/disk-blob-store.ts";
export { createStoreProbe, tryWriting } from "./store-probe.ts";
