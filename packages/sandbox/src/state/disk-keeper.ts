import type { DriveChange, DriveFile, DriveKeeper, FileContent, FilePut } from "../drive/index.ts";
import { RecipeContent } from "../generated/index.ts";
import type { BytesFolder } from "./bytes-folder.ts";
import { DiskContent } from "./disk-content.ts";
import type { Journal } from "./journal.ts";

/** Keeps Drives on disk: bytes first, then the line of the journal that speaks of them. */
export class DiskKeeper implements DriveKeeper {
  readonly #journal: Journal;
  readonly #bytes: BytesFolder;

  constructor({ journal, bytes }: { journal: Journal; bytes: BytesFolder }) {
    this.#journal = journal;
    this.#bytes = bytes;
  }

  keepFile({ kind, file, issuedIds }: FilePut): DriveFile {
    const content = file.blob === null ? null : this.#settle(file.blob.content);
    const exports = Object.fromEntries(
      [...file.exports].map(([type, bytes]) => [type, Buffer.from(bytes).toString("base64")]),
    );
    const blob = blobRecord(file, content instanceof DiskContent ? this.#bytes.nameOf(content) : "");
    this.#journal.add({ kind, issuedIds, file: { ...file, blob, exports } });
    return file.blob === null || content === null ? file : { ...file, blob: { ...file.blob, content } };
  }

  keep(change: DriveChange): void {
    this.#journal.add(change);
  }

  share(content: FileContent): FileContent {
    return content instanceof DiskContent ? this.#bytes.share(content) : content;
  }

  release(content: FileContent): void {
    if (content instanceof DiskContent) {
      this.#bytes.remove(content);
    }
  }

  /** Bytes are written down, except those that their recipe makes again. */
  #settle(content: FileContent): FileContent {
    const isKept = content instanceof DiskContent || content instanceof RecipeContent;
    return isKept ? content : this.#bytes.write(content);
  }
}

function blobRecord({ blob }: DriveFile, bytes: string) {
  if (blob === null) {
    return null;
  }
  const { content, ...known } = blob;
  const { sizeBytes } = content;
  if (!(content instanceof RecipeContent)) return { ...known, bytes, sizeBytes };
  return { ...known, bytes, sizeBytes, generated: { seed: content.seed, index: content.index } };
}
