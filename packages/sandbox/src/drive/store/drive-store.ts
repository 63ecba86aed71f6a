import type { Account } from "../../account.ts";
import { type CollectedContent, readAll } from "../content.ts";
import { type DriveFile, FOLDER_MIME } from "../file.ts";
import type { DriveChange, DriveKeeper, FilePut } from "./drive-keeper.ts";
import { type FileGrant, FileGrants } from "./file-grants.ts";
import { FileIds } from "./file-ids.ts";
import { FileIndex } from "./file-index.ts";
import { makeBlob, makeFile, makeRoot, type NewFile } from "./new-file.ts";

/** What may change in a file. `content` makes a new revision; what is left out stays. */
export interface FilePatch
  extends Partial<
    Pick<
      DriveFile,
      | "name"
      | "mimeType"
      | "parentId"
      | "description"
      | "starred"
      | "trashed"
      | "canDownload"
      | "abusive"
      | "imageMediaMetadata"
      | "modifiedTimeMs"
      | "properties"
      | "appProperties"
    >
  > {
  readonly content?: Uint8Array | CollectedContent;
}

interface Drive {
  readonly account: Account;
  readonly rootId: string;
}

/**
 * The Drives of all accounts, in memory, and written down by a keeper where there is one. It knows files, folders and who was granted what; which request may do what
 * is decided by those who ask.
 */
export class DriveStore {
  readonly #now: () => number;
  readonly #ids: FileIds;
  readonly #index = new FileIndex();
  readonly #grants = new FileGrants();
  readonly #drives = new Map<string, Drive>();
  readonly #keeper: DriveKeeper | null;

  /** `now` gives milliseconds since the epoch; all ids follow from `seed`. Without a keeper all is in memory alone. */
  constructor({
    now,
    seed,
    keeper = null,
  }: { now: () => number; seed: number; keeper?: DriveKeeper | null }) {
    this.#now = now;
    this.#ids = new FileIds(seed);
    this.#keeper = keeper;
  }

  /** Opens an empty Drive for an account. Throws when it has one. */
  addAccount(account: Account): void {
    this.#requireNoDrive(account);
    const rootId = this.#ids.nextRoot();
    this.#drives.set(account.sub, { account, rootId });
    this.#put(makeRoot(rootId, account.sub, this.#now()));
  }

  /** Opens the Drive of an account again, as an earlier store kept it. `root` is the first thing kept of it. */
  reopen(account: Account, root: FilePut): void {
    this.#requireNoDrive(account);
    this.#drives.set(account.sub, { account, rootId: root.file.id });
    this.restore(root);
  }

  /** Repeats a change that a keeper of an earlier store was told of, in the same order. The keeper is not told again. */
  restore(change: DriveChange | FilePut): void {
    switch (change.kind) {
      case "filePut":
        this.#ids.resume(change.issuedIds);
        this.#ids.use(change.file.id);
        this.#index.put(change.file);
        return;
      case "fileRemoved":
        this.#removeTree(change.fileId);
        return;
      case "idsReserved":
        this.#ids.resume(change.issuedIds);
        this.#ids.hold(change.sub, change.ids);
        return;
      case "fileGranted":
        this.#grants.grant(change.grant);
        return;
      case "fileGrantsRevoked":
        this.#grants.revoke(change);
        return;
    }
  }

  /** The id behind the alias `root`. Throws when the account is unknown. */
  rootId(sub: string): string {
    return this.#driveOf(sub).rootId;
  }

  account(sub: string): Account {
    return this.#driveOf(sub).account;
  }

  /** Adds a file; in the root when no folder is named. Throws when the folder is not there or the id is taken. */
  addFile(sub: string, input: NewFile): DriveFile {
    const parentId = input.parentId ?? this.rootId(sub);
    if (this.#index.get(parentId)?.ownerSub !== sub) throw new Error(`No such folder: ${parentId}`);
    const id = input.id ?? this.#ids.next();
    if (this.#index.get(id) !== undefined) throw new Error(`The id ${id} is taken`);
    const file = makeFile(input, { id, ownerSub: sub, parentId, nowMs: this.#now() });
    const kept = this.#put(file);
    this.#ids.use(id);
    return kept;
  }

  /** Adds a folder; in the root when no parent is named. */
  addFolder(sub: string, { name, parentId }: { name: string; parentId?: string }): DriveFile {
    const place = parentId === undefined ? {} : { parentId };
    return this.addFile(sub, { name, mimeType: FOLDER_MIME, content: null, ...place });
  }

  /** All items of an account in the order of their creation, trashed ones included, the root folder not. */
  listAll(sub: string): DriveFile[] {
    const { rootId } = this.#driveOf(sub);
    return this.#present(this.#index.idsOf(sub)).filter((file) => file.id !== rootId);
  }

  /** The items directly in a folder, in the order in which they came there. */
  childrenOf(folderId: string): DriveFile[] {
    return this.#present(this.#index.childIds(folderId));
  }

  get(id: string): DriveFile | undefined {
    return this.#index.get(id);
  }

  /** The bytes of a file as one array; undefined when it has none or is not there. */
  contentOf(id: string): Uint8Array | undefined {
    const blob = this.#index.get(id)?.blob;
    return blob ? readAll(blob.content) : undefined;
  }

  /** Changes a file and counts its version up. Throws when it is not there. */
  update(id: string, patch: FilePatch): DriveFile {
    const former = this.#index.get(id);
    if (former === undefined) throw new Error(`No such file: ${id}`);
    const { content, ...changes } = patch;
    const version = former.version + 1;
    const changed = { ...former, ...changes, version };
    const blob =
      content === undefined ? former.blob : makeBlob(content, { fileId: id, name: changed.name, version });
    const file = this.#put({ ...changed, blob });
    if (former.blob !== null && former.blob.content !== file.blob?.content) {
      this.#keeper?.release(former.blob.content);
    }
    return file;
  }

  /** Removes a file for good, and all that lies below it; nothing happens when it is not there. */
  remove(id: string): void {
    if (this.#index.get(id) === undefined) return;
    this.#keeper?.keep({ kind: "fileRemoved", fileId: id });
    for (const { blob } of this.#removeTree(id)) {
      if (blob !== null) this.#keeper?.release(blob.content);
    }
  }

  /** Whether the file or a folder above it lies in the trash. */
  isTrashed(file: DriveFile): boolean {
    for (let at: DriveFile | undefined = file; at !== undefined; at = this.#parentOf(at)) {
      if (at.trashed) return true;
    }
    return false;
  }

  /** Whether `id` is the folder itself or lies somewhere below it. */
  isWithin(id: string, folderId: string): boolean {
    for (let at = this.#index.get(id); at !== undefined; at = this.#parentOf(at)) {
      if (at.id === folderId) return true;
    }
    return false;
  }

  /** Ids for later creations, which only this account may use. */
  reserveIds(sub: string, count: number): string[] {
    const ids = this.#ids.issue(count);
    this.#keeper?.keep({ kind: "idsReserved", sub, ids, issuedIds: this.#ids.issued });
    this.#ids.hold(sub, ids);
    return ids;
  }

  /** Whether the id was reserved for this account and no file has been made with it. */
  isReserved(sub: string, id: string): boolean {
    return this.#ids.isReserved(sub, id);
  }

  /** Gives a file to an application under the scope drive.file. */
  grantFile(grant: FileGrant): void {
    this.#keeper?.keep({ kind: "fileGranted", grant });
    this.#grants.grant(grant);
  }

  isGranted(grant: FileGrant): boolean {
    return this.#grants.has(grant);
  }

  /** Takes all files of one user from one application. */
  revokeFileGrants(of: { clientId: string; sub: string }): void {
    this.#keeper?.keep({ kind: "fileGrantsRevoked", clientId: of.clientId, sub: of.sub });
    this.#grants.revoke(of);
  }

  /** Gives the file as it is held, which is as the keeper wants it. */
  #put(file: DriveFile): DriveFile {
    const put = { kind: "filePut", file, issuedIds: this.#ids.issued } as const;
    const kept = this.#keeper?.keepFile(put) ?? file;
    this.#index.put(kept);
    return kept;
  }

  /** Takes a file out with all that lies below it, and gives what was taken out. */
  #removeTree(id: string): DriveFile[] {
    const file = this.#index.get(id);
    if (file === undefined) return [];
    const below = [...this.#index.childIds(id)].flatMap((childId) => this.#removeTree(childId));
    this.#index.remove(file);
    this.#grants.forget(id);
    return [...below, file];
  }

  #requireNoDrive({ sub }: Account): void {
    if (this.#drives.has(sub)) throw new Error(`The account ${sub} has a Drive already`);
  }

  #parentOf(file: DriveFile): DriveFile | undefined {
    return file.parentId === null ? undefined : this.#index.get(file.parentId);
  }

  #present(ids: Iterable<string>): DriveFile[] {
    return [...ids].flatMap((id) => this.#index.get(id) ?? []);
  }

  #driveOf(sub: string): Drive {
    const drive = this.#drives.get(sub);
    if (drive === undefined) throw new Error(`The account ${sub} has no Drive`);
    return drive;
  }
}
