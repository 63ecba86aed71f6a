/** What the methods cost that are named one by one. */
const COSTS: Readonly<Record<string, number>> = {
  about: 5,
  generateIds: 5,
  "files.get": 5,
  "files.list": 100,
  "files.get.media": 200,
  "files.export": 200,
  "files.create": 50,
  "files.update": 50,
  "files.delete": 50,
  "files.copy": 50,
  "upload.media": 50,
  "upload.multipart": 50,
  "upload.resumable.start": 50,
  "upload.resumable.chunk": 0,
  "upload.resumable.cancel": 0,
  batch: 0,
  exportLink: 0,
  thumbnail: 0,
};

/** What any other method costs, by its verb. */
const COSTS_BY_VERB: Readonly<Record<string, number>> = {
  list: 100,
  create: 50,
  update: 50,
  delete: 50,
  copy: 50,
  emptyTrash: 50,
};

const OTHER_COST = 5;

/**
 * What one call costs, in quota units: the table of "Usage limits" as it holds since May 2026. Not in that table, and
 * so assumed: an export costs as much as a download; an upload costs as much as an edit, once, and a resumable one at
 * its start. A batch costs nothing beside the calls in it. Export links and thumbnails are not of the API, and free.
 *
 * @param kind as in the request log
 */
export function unitCostOf(kind: string): number {
  return COSTS[kind] ?? COSTS_BY_VERB[kind.slice(kind.lastIndexOf(".") + 1)] ?? OTHER_COST;
}
