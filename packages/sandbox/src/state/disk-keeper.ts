import type { DriveChange, DriveFile, DriveKeeper, FileContent, FilePut } from "../drive/index.ts";
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
    const blob = blobRecord(file, content === null ? "" : this.#bytes.nameOf(content));
    this.#journal.add({ kind, issuedIds, file: { ...file, blob, exports } });
    return file.blob === null || content === null ? file : { ...file, blob: { ...file.blob, content } };
  }

  keep(change: DriveChange): void {
    this.#journal.add(change);
  }

  release(content: FileContent): void {
    if (content instanceof DiskContent) {
      this.#bytes.remove(content);
    }
  }

  #settle(content: FileContent): DiskContent {
    return content instanceof DiskContent ? content : this.#bytes.write(content);
  }
}

function blobRecord({ blob }: DriveFile, bytes: string) {
  if (blob === null) {
    return null;
  }
  const { content, ...known } = blob;
  return { ...known, bytes, sizeBytes: content.sizeBytes };
}
