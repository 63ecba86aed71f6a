export { blobKeyOf, blobTriesOf } from "./blob-key.ts";
export type { Collection } from "./collections/collection.ts";
export type { Image, NewImage } from "./image.ts";
export type { FileTraits, KnownImage } from "./known/find-known-images.ts";
export { type ByteRange, createLibrary, type Library } from "./library.ts";
