import type { Readable } from "node:stream";
import type { BlobStore } from "../blobs/index.ts";
import type { Database, Queryable, Transaction } from "../db/index.ts";
import type { Collection } from "./collections/collection.ts";
import { createCollection, type NewCollection } from "./collections/create-collection.ts";
import {
  type CollectionPage,
  collectionExists,
  getCollection,
  type ListCollectionsParams,
  listCollections,
} from "./collections/find-collections.ts";
import { deleteImages } from "./delete-images.ts";
import { findImages, getImage } from "./find-images.ts";
import type { Image, NewImage } from "./image.ts";
import { insertImages } from "./insert-images.ts";
import { type FileTraits, findKnownImages, type KnownImage } from "./known/find-known-images.ts";
import { lockContent } from "./known/lock-content.ts";
import { welcomeAgain } from "./known/welcome-again.ts";
import { type ImagePage, type ListImagesParams, listImages } from "./list-images.ts";
import { lockStoredBytes, readStoredBytes } from "./usage/usage.ts";

/** Bytes `startByte` to `endByte` of an image, both included. */
export interface ByteRange {
  readonly startByte: number;
  readonly endByte: number;
}

interface OfTenant {
  readonly tenantId: string;
  readonly id: string;
}

/** The images and collections of all tenants; every question names the tenant. */
export interface Library {
  /** See {@link insertImages}: within the caller's transaction, after the bytes are durable. */
  insertImages(tx: Queryable, images: readonly NewImage[]): Promise<void>;
  /** See {@link lockContent}: within the caller's transaction, before {@link Library.findKnownImages}. */
  lockContent(tx: Queryable, wanted: Parameters<typeof lockContent>[1]): Promise<void>;
  /** See {@link findKnownImages}. */
  findKnownImages(
    db: Queryable,
    wanted: { readonly tenantId: string; readonly files: readonly FileTraits[] },
  ): Promise<ReadonlyMap<number, KnownImage>>;
  /** See {@link welcomeAgain}. */
  welcomeAgain(tx: Queryable, wanted: Parameters<typeof welcomeAgain>[1]): Promise<void>;
  /** Removes blobs that no image names, after the commit that decided so. Keys of blobs that are gone are let pass. */
  removeBlobs(blobKeys: readonly string[]): Promise<void>;
  getImage(params: OfTenant): Promise<Image | null>;
  /** Those of the images that the tenant has, in no particular order. */
  findImages(params: { readonly tenantId: string; readonly ids: readonly string[] }): Promise<Image[]>;
  listImages(params: ListImagesParams): Promise<ImagePage>;
  /** See {@link deleteImages}. */
  deleteImages(wanted: Parameters<typeof deleteImages>[1]): Promise<void>;
  /** Opens an image's bytes, or a range of them. Throws `storage_unavailable` when they cannot be read. */
  openImage(image: Pick<Image, "blobKey">, range: ByteRange | null): Promise<Readable>;
  /** The bytes that a tenant's images take. */
  readStoredBytes(tenantId: string): Promise<number>;
  /** See {@link lockStoredBytes}. */
  lockStoredBytes(tx: Transaction, tenantId: string): Promise<number>;
  createCollection(params: NewCollection): Promise<Collection>;
  getCollection(params: OfTenant): Promise<Collection | null>;
  listCollections(params: ListCollectionsParams): Promise<CollectionPage>;
  collectionExists(params: OfTenant): Promise<boolean>;
}

/** Puts the library together over its rows and its bytes. */
export function createLibrary(parts: { readonly db: Database; readonly blobs: BlobStore }): Library {
  const { db, blobs } = parts;
  return {
    insertImages,
    lockContent,
    findKnownImages,
    welcomeAgain,
    async removeBlobs(blobKeys) {
      for (const blobKey of blobKeys) await blobs.remove(blobKey);
    },
    getImage: (params) => getImage(db, params),
    findImages: (params) => findImages(db, params),
    listImages: (params) => listImages(db, params),
    deleteImages: (wanted) => deleteImages(parts, wanted),
    openImage: (image, range) => blobs.read(image.blobKey, range ?? undefined),
    readStoredBytes: (tenantId) => readStoredBytes(db, tenantId),
    lockStoredBytes,
    createCollection: (params) => createCollection(db, params),
    getCollection: (params) => getCollection(db, params),
    listCollections: (params) => listCollections(db, params),
    collectionExists: (params) => collectionExists(db, params),
  };
}
