import { forbidden, internalError, invalidValue } from "../errors.ts";
import { type DriveFile, isFolder } from "../file.ts";
import type { Searcher } from "../query/match-query.ts";
import { sharedWithMe } from "../sharing/shared-with-me.ts";

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
  starred: (left, right) => Number(right.starred) - Number(left.starred),
  viewedByMeTime: () => 0,
};

/**
 * Reads `orderBy`: sort keys separated by commas, each with ` desc` or not. Names are sorted without regard to case.
 * Throws 400 `invalid` with location `orderBy` for a key that Drive does not have, 403
 * `orderByContainsDuplicateSortKeys` for a key named twice, and 500 where Drive itself stumbles: over `starred` behind
 * another key. The latter two were observed on the live service.
 */
export function parseOrderBy(text: string, searcher: Searcher): Compare {
  const items = text.split(",").map((item) => item.trim());
  const comparisons = items.map((item) => parseKey(item, searcher));
  const keys = items.map((item) => item.split(/\s/, 1)[0]);
  if (new Set(keys).size < keys.length) throw duplicateKeys();
  if (keys.indexOf("starred") > 0) throw internalError();
  return (left, right) => {
    for (const compare of comparisons) {
      const order = compare(left, right);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function parseKey(item: string, searcher: Searcher): Compare {
  const [key = "", direction, ...rest] = item.split(/\s+/);
  const compare = key === "sharedWithMeTime" ? bySharing(searcher) : keyNamed(key);
  const isDescending = direction === "desc";
  if (compare === undefined || (direction !== undefined && !isDescending) || rest.length > 0) {
    throw invalidValue("orderBy");
  }
  return isDescending ? (left, right) => compare(right, left) : compare;
}

function keyNamed(name: string): Compare | undefined {
  return Object.hasOwn(KEYS, name) ? KEYS[name] : undefined;
}

/** What is not shared with the searcher comes before what is. */
function bySharing({ store, account }: Searcher): Compare {
  const timeOf = (file: DriveFile) => sharedWithMe(store, account, file)?.timeMs ?? 0;
  return (left, right) => timeOf(left) - timeOf(right);
}

function duplicateKeys() {
  const message = "The orderBy parameter cannot contain duplicate sort keys.";
  return forbidden("orderByContainsDuplicateSortKeys", message, "orderBy");
}

function sizeOf(file: DriveFile): number {
  return file.blob?.content.sizeBytes ?? 0;
}
