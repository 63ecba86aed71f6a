import { invalidValue } from "../errors.ts";
import { type DriveFile, isFolder } from "../file.ts";

type Compare = (left: DriveFile, right: DriveFile) => number;

const NAMES = new Intl.Collator("en", { sensitivity: "accent" });
const NAMES_WITH_NUMBERS = new Intl.Collator("en", { sensitivity: "accent", numeric: true });

const KEYS: Readonly<Record<string, Compare>> = {
  createdTime: (left, right) => left.createdTimeMs - right.createdTimeMs,
  folder: (left, right) => Number(isFolder(right)) - Number(isFolder(left)),
  modifiedByMeTime: (left, right) => left.modifiedTimeMs - right.modifiedTimeMs,
  modifiedTime: (left, right) => left.modifiedTimeMs - right.modifiedTimeMs,
  name: (left, right) => NAMES.compare(left.name, right.name),
  name_natural: (left, right) => NAMES_WITH_NUMBERS.compare(left.name, right.name),
  quotaBytesUsed: (left, right) => sizeOf(left) - sizeOf(right),
  recency: (left, right) => left.modifiedTimeMs - right.modifiedTimeMs,
  sharedWithMeTime: () => 0,
  starred: (left, right) => Number(right.starred) - Number(left.starred),
  viewedByMeTime: () => 0,
};

/**
 * Reads `orderBy`: sort keys separated by commas, each with ` desc` or not. Names are sorted without regard to case.
 * Throws 400 `invalid` with location `orderBy` for a key that Drive does not have.
 */
export function parseOrderBy(text: string): Compare {
  const comparisons = text.split(",").map((item) => parseKey(item.trim()));
  return (left, right) => {
    for (const compare of comparisons) {
      const order = compare(left, right);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function parseKey(item: string): Compare {
  const [key = "", direction, ...rest] = item.split(/\s+/);
  const compare = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
  const isDescending = direction === "desc";
  if (compare === undefined || (direction !== undefined && !isDescending) || rest.length > 0) {
    throw invalidValue("orderBy");
  }
  return isDescending ? (left, right) => compare(right, left) : compare;
}

function sizeOf(file: DriveFile): number {
  return file.blob?.content.sizeBytes ?? 0;
}
