import { newId } from "../platform/index.ts";
import { uniqueFiles } from "./unique-files.ts";

/** Files of a job that is to be made, as the JSON text of an array, which goes to the database as it is. */
export interface NewItems {
  readonly count: number;
  /** As far as the request told sizes. */
  readonly bytes: number;
  /** Of {@link NewItem}s. Bytes are UTF-8. */
  readonly json: string | Uint8Array;
}

/** One of them. What is left out is not known. */
export interface NewItem {
  /** The source of an import. */
  readonly file?: string;
  /** The source of an export; for an import the id that its image will have. */
  readonly image: string;
  readonly name?: string;
  readonly size?: number;
  /** What the provider wants to hear along with the id of a file that was shared by a link. */
  readonly key?: string;
}

/** A file as an import names it. */
export interface NamedFile {
  readonly id: string;
  readonly name: string;
  readonly sizeBytes?: number | null;
  readonly resourceKey?: string | null;
}

/** The items of an import, with the ids that their images will have. A file that is named twice is one. */
export function importItems(files: readonly NamedFile[]): NewItems {
  const unique = uniqueFiles(files);
  const items = unique.map(
    ({ id, name, sizeBytes, resourceKey }): NewItem => ({
      file: id,
      image: newId("img"),
      name: name.toWellFormed(),
      ...(typeof sizeBytes === "number" ? { size: sizeBytes } : {}),
      ...(typeof resourceKey === "string" ? { key: resourceKey } : {}),
    }),
  );
  const bytes = unique.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  return { count: items.length, bytes, json: JSON.stringify(items) };
}

/** The items of an export. Names and sizes are those that the library has. An image that is named twice is one. */
export function exportItems(imageIds: readonly string[]): NewItems {
  const items = [...new Set(imageIds)].map((image): NewItem => ({ image }));
  return { count: items.length, bytes: 0, json: JSON.stringify(items) };
}
