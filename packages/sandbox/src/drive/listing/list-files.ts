import { type Caller, canSee } from "../caller.ts";
import { forbidden } from "../errors.ts";
import type { DriveFile } from "../file.ts";
import { foldersOf, matcherOf, type Searcher } from "../query/match-query.ts";
import { parseQuery } from "../query/parse-query.ts";
import type { QueryNode } from "../query/query-node.ts";
import { someNode } from "../query/some-node.ts";
import type { DriveStore } from "../store/drive-store.ts";
import { type Corpus, isInCorpus, itemsOf } from "./corpus.ts";
import { hitsGroupedParentsBug } from "./grouped-parents-bug.ts";
import type { ListingKey, ListingPages, ListingPosition } from "./listing-pages.ts";
import { parseOrderBy } from "./order-by.ts";
import { type PageHabits, pageLength } from "./page-length.ts";

/** What files.list was asked. */
export interface ListRequest {
  readonly q: string | undefined;
  readonly orderBy: string | undefined;
  readonly corpus: Corpus;
  readonly pageSize: number;
  readonly pageToken: string | undefined;
}

/** How listings differ from what the Drives hold at the moment; see the settings of the same names. */
export interface ListingHabits extends PageHabits {
  readonly listLagMs: number;
  readonly groupedParentsBug: boolean;
}

/** One page of a listing. Files that went away since the listing began are missing from it. */
export interface FilePage {
  readonly files: readonly DriveFile[];
  readonly nextPageToken: string | null;
}

/**
 * Finds the files of a corpus that a search names, or goes on where a page token points. Files not granted to the
 * application are left out in silence. Without an order the newest come first.
 * Throws 400 `invalid` for a malformed search, order or page token, 403 for an order that Drive refuses.
 */
export function listFiles(
  {
    store,
    pages,
    caller,
    habits,
    nowMs,
  }: { store: DriveStore; pages: ListingPages; caller: Caller; habits: ListingHabits; nowMs: number },
  request: ListRequest,
): FilePage {
  const { account, clientId, resourceKeys } = caller;
  const searcher = { store, account, clientId, resourceKeys };
  const matches = matcherFor(request.q, searcher);
  const key = keyOf(caller, request);
  const position: ListingPosition = request.pageToken
    ? pages.positionAt(request.pageToken, key)
    : { key, ids: findIds(request, { searcher, caller, matches, habits, nowMs }), offset: 0, page: 0 };
  const end = position.offset + pageLength(position, request.pageSize, habits);
  const files = position.ids
    .slice(position.offset, end)
    .flatMap((id) => store.get(id) ?? [])
    .filter((file) => canSee(store, caller, file) && matches(file));
  const isLast = end >= position.ids.length;
  return {
    files,
    nextPageToken: isLast ? null : pages.tokenFor({ ...position, offset: end, page: position.page + 1 }),
  };
}

type Matches = (file: DriveFile) => boolean;

function matcherFor(q: string | undefined, searcher: Searcher): Matches {
  return q ? matcherOf(parseQuery(q), searcher) : () => true;
}

function findIds(
  { q, orderBy, corpus }: ListRequest,
  {
    searcher,
    caller,
    matches,
    habits,
    nowMs,
  }: { searcher: Searcher; caller: Caller; matches: Matches; habits: ListingHabits; nowMs: number },
): string[] {
  const compare = orderBy ? parseOrderBy(orderBy, searcher) : null;
  const node = q ? parseQuery(q) : null;
  if (node && compare) requireSortable(node);
  if (node && q && habits.groupedParentsBug && hitsGroupedParentsBug(node, q, habits.seed)) return [];
  const newestMs = habits.listLagMs === 0 ? Number.POSITIVE_INFINITY : nowMs - habits.listLagMs;
  const found = candidates(q, { searcher, caller, corpus })
    .filter((file) => file.addedTimeMs <= newestMs && canSee(searcher.store, caller, file) && matches(file))
    .reverse();
  if (compare !== null) found.sort(compare);
  return found.map((file) => file.id);
}

/** Full text is found in the order of relevance, and in no other. */
function requireSortable(node: QueryNode): void {
  if (!someNode(node, (part) => part.kind === "text" && part.term === "fullText")) return;
  const message =
    "Sorting is not supported for queries with fullText terms. Results are always in descending relevance order.";
  throw forbidden("forbidden", message, "orderBy");
}

function candidates(
  q: string | undefined,
  { searcher, caller, corpus }: { searcher: Searcher; caller: Caller; corpus: Corpus },
): DriveFile[] {
  const { store } = searcher;
  const folders = q ? foldersOf(parseQuery(q), searcher) : null;
  if (folders === null || corpus.kind === "drive" || corpus.kind === "domain")
    return itemsOf(corpus, store, caller);
  return [...folders]
    .flatMap((folderId) => store.childrenOf(folderId))
    .filter((file) => isInCorpus(corpus, file));
}

function keyOf({ account, clientId }: Caller, { q, orderBy, corpus }: ListRequest): ListingKey {
  return { sub: account.sub, clientId, request: JSON.stringify([q, orderBy, corpus]) };
}
