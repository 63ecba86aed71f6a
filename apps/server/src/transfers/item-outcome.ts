import type { NewImage } from "../library/index.ts";
import type { ItemError } from "./item-errors.ts";

/** What came of one item. */
export type ItemOutcome =
  | {
      readonly state: "imported";
      readonly position: number;
      readonly bytes: number;
      readonly image: NewImage;
    }
  | { readonly state: "exported"; readonly position: number; readonly bytes: number }
  | { readonly state: "failed"; readonly position: number; readonly error: ItemError };
