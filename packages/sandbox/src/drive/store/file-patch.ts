import type { CollectedContent } from "../content.ts";
import type { DriveFile } from "../file.ts";

/** What may change in a file. `content` makes a new revision; what is left out stays. */
export interface FilePatch
  extends Partial<
    Pick<
      DriveFile,
      | "name"
      | "ownerSub"
      | "sharing"
      | "mimeType"
      | "parentId"
      | "description"
      | "starred"
      | "trashed"
      | "canDownload"
      | "abusive"
      | "downloadQuotaExceeded"
      | "imageMediaMetadata"
      | "modifiedTimeMs"
      | "properties"
      | "appProperties"
    >
  > {
  readonly content?: Uint8Array | CollectedContent;
}
