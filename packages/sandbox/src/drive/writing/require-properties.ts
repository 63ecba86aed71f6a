import { invalidValue } from "../errors.ts";
import type { DriveFile, Properties } from "../file.ts";

const MOST_PUBLIC = 30;
const MOST_OF_ONE_APPLICATION = 30;
const MOST_OF_ONE_FILE = 100;

/**
 * Makes sure that a file has no more properties than Drive keeps: 30 that all see, 30 of each application, and 100
 * together. Throws 400 `invalid`, naming the field; the limits are those of "Custom file properties" of the Drive guides,
 * the error is a guess.
 */
export function requireProperties({
  properties,
  appProperties,
}: Pick<DriveFile, "properties" | "appProperties">): void {
  if (countOf(properties) > MOST_PUBLIC) throw invalidValue("properties");
  const counts = Object.values(appProperties).map(countOf);
  const all = counts.reduce((sum, count) => sum + count, countOf(properties));
  if (all > MOST_OF_ONE_FILE || counts.some((count) => count > MOST_OF_ONE_APPLICATION)) {
    throw invalidValue("appProperties");
  }
}

function countOf(properties: Properties): number {
  return Object.keys(properties).length;
}
