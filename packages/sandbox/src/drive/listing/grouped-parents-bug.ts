import type { QueryNode } from "../query/query-node.ts";
import { someNode } from "../query/some-node.ts";
import { chance } from "./chance.ts";

/**
 * Whether a search is one that wrongly finds nothing: it asks for the children of one folder or of another, and the
 * seed picked it. Half of such searches are picked, each for good, so that asking again does not help but asking folder
 * by folder does. Follows issue 149522397 of Google's tracker; what triggers it there is not known.
 */
export function hitsGroupedParentsBug(node: QueryNode, q: string, seed: number): boolean {
  const isGrouped = someNode(
    node,
    (each) => each.kind === "or" && asksParents(each.left) && asksParents(each.right),
  );
  return isGrouped && chance(seed, q) < 0.5;
}

function asksParents(node: QueryNode): boolean {
  return someNode(node, (each) => each.kind === "member" && each.term === "parents");
}
