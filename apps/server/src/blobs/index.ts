export type { BlobStore, StagedBlob } from "./blob-store.ts";
export { createDiskBlobStore, type DiskBlobStore } from "./disk/disk-blob-store.ts";
