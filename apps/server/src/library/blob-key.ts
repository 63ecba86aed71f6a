/** Characters of an image id between its prefix and the part that is shared by ids of the same 17 minutes. */
const PERIOD = { start: "img_".length, end: "img_".length + 6 };

/**
 * Where an image's bytes rest in the blob store. The folder in the middle is the time in the id (UUIDv7), so that images
 * that arrive together lie together and no folder grows for ever.
 */
export function blobKeyOf(image: { readonly tenantId: string; readonly imageId: string }): string {
  const period = image.imageId.slice(PERIOD.start, PERIOD.end);
  return `${image.tenantId}/${period}/${image.imageId}`;
}
