import type { QueryNode } from "./query-node.ts";

/** Whether a part of a search, the whole included, is as asked. */
export function someNode(node: QueryNode, isAsAsked: (part: QueryNode) => boolean): boolean {
  if (isAsAsked(node)) return true;
  if (node.kind === "not") return someNode(node.of, isAsAsked);
  if (node.kind !== "and" && node.kind !== "or") return false;
  return someNode(node.left, isAsAsked) || someNode(node.right, isAsAsked);
}
