import type { FileRef } from "../drive.ts";

const WORD = /^[A-Za-z0-9_-]{1,200}$/;

/**
 * The header that names the keys of files shared by a link (Drive API guide "Access link-shared files using resource
 * keys"); none when no file has one. A key that has not the form of one came from somewhere else and is left out.
 */
export function resourceKeyHeaders(files: readonly FileRef[]): Record<string, string> {
  const pairs = files.flatMap(({ id, resourceKey }) =>
    resourceKey != null && WORD.test(id) && WORD.test(resourceKey) ? [`${id}/${resourceKey}`] : [],
  );
  return pairs.length === 0 ? {} : { "X-Goog-Drive-Resource-Keys": pairs.join(",") };
}
