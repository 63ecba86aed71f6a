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
  | {
      readonly state: "exported";
      readonly position: number;
      readonly bytes: number;
      /** The file that it became; left out for the one whose id was reserved. */
      readonly providerFileId?: string;
    }
  /** Nothing was made, because it is there already: the image of an import, or the file of an export. */
  | {
      readonly state: "skipped";
      readonly position: number;
      readonly bytes: 0;
      readonly imageId?: string;
      readonly providerFileId?: string;
      /** Of the content that is there, lower hex, and where it rests. */
      readonly sha256?: string;
      readonly blobKey?: string;
    }
  | { readonly state: "failed"; readonly position: number; readonly error: ItemError };
