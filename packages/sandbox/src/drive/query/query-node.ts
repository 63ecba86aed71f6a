/** How a term is compared with a value. */
export type Comparison = "=" | "!=" | "<" | "<=" | ">" | ">=";

/** A search as a tree, checked against the terms and operators that Drive knows. */
export type QueryNode =
  | { readonly kind: "and" | "or"; readonly left: QueryNode; readonly right: QueryNode }
  | { readonly kind: "not"; readonly of: QueryNode }
  | {
      readonly kind: "text";
      readonly term: "name" | "mimeType" | "fullText" | "visibility" | "shortcutDetails.targetId";
      readonly operator: "contains" | "=" | "!=";
      readonly value: string;
    }
  | { readonly kind: "time"; readonly term: TimeTerm; readonly operator: Comparison; readonly timeMs: number }
  | { readonly kind: "flag"; readonly term: FlagTerm; readonly value: boolean }
  | { readonly kind: "member"; readonly term: CollectionTerm; readonly value: string }
  | { readonly kind: "property"; readonly term: PropertyTerm; readonly key: string; readonly value: string };

export type TimeTerm = "modifiedTime" | "createdTime" | "viewedByMeTime" | "sharedWithMeTime";
export type FlagTerm = "trashed" | "starred" | "sharedWithMe";
export type CollectionTerm = "parents" | "owners" | "writers" | "readers";
export type PropertyTerm = "properties" | "appProperties";
