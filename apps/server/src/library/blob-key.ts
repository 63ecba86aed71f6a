/** Characters of an image id between its prefix and the part that is shared by ids of the same 17 minutes. */
const PERIOD = { start: "img_".length, end: "img_".length + 6 };

interface KeyParts {
  readonly tenantId: string;
  readonly imageId: string;
}

/**
 * Where the bytes rest that one delivery of a chunk brings for an image. The folder in the middle is the time in the id
 * (UUIDv7), so that images that arrive together lie together and no folder grows for ever. The fencing token at the
 * end keeps the tries apart: a worker that lost its chunk and does not know it yet writes a blob of its own.
 */
export function blobKeyOf(image: KeyParts & { readonly fencingToken: number }): string {
  return `${blobTriesOf(image)}${image.fencingToken.toString(36)}`;
}

/** What the keys of all tries for an image begin with. */
export function blobTriesOf({ tenantId, imageId }: KeyParts): string {
  const period = imageId.slice(PERIOD.start, PERIOD.end);
  return `${tenantId}/${period}/${imageId}_`;
}
