import { type Caller, canSee } from "../caller.ts";
import type { DriveFile } from "../file.ts";
import { foldersOf, matcherOf, type Searcher } from "../query/match-query.ts";
import { parseQuery } from "../query/parse-query.ts";
import type { DriveStore } from "../store/drive-store.ts";
import type { ListingKey, ListingPages, ListingPosition } from "./listing-pages.ts";
import { parseOrderBy } from "./order-by.ts";

/** What files.list was asked. */
export interface ListRequest {
  readonly q: string | undefined;
  readonly orderBy: string | undefined;
  readonly corpora: string;
  readonly pageSize: number;
  readonly pageToken: string | undefined;
}

/** One page of a listing. Files that went away since the listing began are missing from it. */
export interface FilePage {
  readonly files: readonly DriveFile[];
  readonly nextPageToken: string | null;
}

/**
 * Finds the files of the caller that a search names, or goes on where a page token points. Files not granted to the
 * application are left out in silence. Without an order the newest come first.
 * Throws 400 `invalid` for a malformed search, order or page token.
 */
export function listFiles(
  { store, pages, caller }: { store: DriveStore; pages: ListingPages; caller: Caller },
  request: ListRequest,
): FilePage {
  const searcher = { store, account: caller.account, clientId: caller.clientId };
  const matches = matcherFor(request.q, searcher);
  const key = keyOf(caller, request);
  const position: ListingPosition = request.pageToken
    ? pages.positionAt(request.pageToken, key)
    : { key, ids: findIds(request, { searcher, caller, matches }), offset: 0 };
  const end = position.offset + request.pageSize;
  const files = position.ids
    .slice(position.offset, end)
    .flatMap((id) => store.get(id) ?? [])
    .filter((file) => canSee(store, caller, file) && matches(file));
  const isLast = end >= position.ids.length;
  return { files, nextPageToken: isLast ? null : pages.tokenFor({ ...position, offset: end }) };
}

type Matches = (file: DriveFile) => boolean;

function matcherFor(q: string | undefined, searcher: Searcher): Matches {
  return q ? matcherOf(parseQuery(q), searcher) : () => true;
}

function findIds(
  { q, orderBy }: ListRequest,
  { searcher, caller, matches }: { searcher: Searcher; caller: Caller; matches: Matches },
): string[] {
  const compare = orderBy ? parseOrderBy(orderBy) : null;
  const found = candidates(q, searcher)
    .filter((file) => canSee(searcher.store, caller, file) && matches(file))
    .reverse();
  if (compare !== null) found.sort(compare);
  return found.map((file) => file.id);
}

function candidates(q: string | undefined, searcher: Searcher): DriveFile[] {
  const { store, account } = searcher;
  const folders = q ? foldersOf(parseQuery(q), searcher) : null;
  if (folders === null) return store.listAll(account.sub);
  return [...folders].flatMap((folderId) => store.childrenOf(folderId));
}

function keyOf({ account, clientId }: Caller, { q, orderBy, corpora }: ListRequest): ListingKey {
  return { sub: account.sub, clientId, request: JSON.stringify([q, orderBy, corpora]) };
}
