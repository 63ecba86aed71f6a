import { expect, it } from "vitest";
import { ListingPages, type ListingPosition } from "./listing-pages.ts";

const LARGE = 1_500_000;

function position(request: string, id = request): ListingPosition {
  const key = { sub: "101", clientId: "app", request };
  return { key, ids: new Array<string>(LARGE).fill(id), offset: 1, page: 1 };
}

function isGood(pages: ListingPages, token: string, { key }: ListingPosition): boolean {
  try {
    return pages.positionAt(token, key).ids.length === LARGE;
  } catch {
    return false;
  }
}

it("lets the oldest tokens run out early when their results are more than memory should hold", () => {
  const pages = new ListingPages({ now: () => 0 });
  const listings = ["a", "b", "c", "d"].map((name) => position(name));
  const tokens = listings.map((listing) => pages.tokenFor(listing));
  const good = listings.map((listing, at) => isGood(pages, tokens[at] ?? "", listing));
  expect(good).toEqual([false, false, true, true]);
});

it("holds one result for all listings that are alike, and for all pages of a listing", () => {
  const pages = new ListingPages({ now: () => 0 });
  const tokens = Array.from({ length: 20 }, () => pages.tokenFor(position("a")));
  const [first = ""] = tokens;
  const more = pages.tokenFor(pages.positionAt(first, position("a").key));
  for (const token of [...tokens, more]) expect(isGood(pages, token, position("a"))).toBe(true);
  const changed = pages.tokenFor(position("a", "another"));
  expect(pages.positionAt(first, position("a").key).ids[0]).toBe("a");
  expect(pages.positionAt(changed, position("a").key).ids[0]).toBe("another");
});
