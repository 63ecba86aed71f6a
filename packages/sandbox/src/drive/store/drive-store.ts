import type { Account } from "../../accounts/account.ts";
import { type CollectedContent, readAll } from "../content.ts";
import { type DriveFile, FOLDER_MIME } from "../file.ts";
import { requireMimeType } from "../mime-type.ts";
import { driveIdOf } from "../sharing/sharing-of.ts";
import type { DriveChange, DriveKeeper, FilePut } from "./drive-keeper.ts";
import { type FileGrant, FileGrants } from "./file-grants.ts";
import { FileIds } from "./file-ids.ts";
import { FileIndex } from "./file-index.ts";
import { type FileOpening, FileOpenings } from "./file-openings.ts";
import type { FilePatch } from "./file-patch.ts";
import { makeBlob, makeFile, makeRoot, makeSharedDriveRoot, type NewFile } from "./new-file.ts";
import { makePermission, type NewPermission, withoutPermission, withPermission } from "./sharing-changes.ts";
import type { StorageUse } from "./storage-usage.ts";

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
  readonly #openings = new FileOpenings();
  readonly #drives = new Map<string, Drive>();
  readonly #keeper: DriveKeeper | null;
  #isOpen = false;

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

  /** Says that users come in: what is added from now on is new to them, and what is there already is not. */
  open(): void {
    this.#isOpen = true;
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
      case "fileOpened":
        this.#openings.add(change.opening);
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

  /**
   * Adds a file; in the root when no folder is named. What is added to a shared drive belongs to the drive. Throws when
   * the folder is not there or the id is taken.
   */
  addFile(sub: string, input: NewFile): DriveFile {
    const parentId = input.parentId ?? this.rootId(sub);
    const parent = this.#index.get(parentId);
    if (parent === undefined) throw new Error(`No such folder: ${parentId}`);
    const id = input.id ?? this.#ids.next();
    if (this.#index.get(id) !== undefined) throw new Error(`The id ${id} is taken`);
    const nowMs = this.#now();
    const addedTimeMs = this.#addedTimeMs();
    const driveId = driveIdOf(parent);
    const target = this.#index.get(input.shortcutTargetId ?? "");
    const file = makeFile(input, {
      id,
      ownerSub: driveId ?? sub,
      parentId,
      nowMs,
      addedTimeMs,
      driveId,
      madeBySub: sub,
      shortcutTargetMimeType: target?.mimeType ?? null,
    });
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

  /** An item and all that lies below it, every folder before what is in it; nothing when it is not there. */
  treeOf(id: string): DriveFile[] {
    const tree: DriveFile[] = [];
    const open = this.#present([id]);
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      tree.push(file);
      for (const child of this.childrenOf(file.id).reverse()) open.push(child);
    }
    return tree;
  }

  get(id: string): DriveFile | undefined {
    return this.#index.get(id);
  }

  /** The bytes of a file as one array; undefined when it has none or is not there. */
  contentOf(id: string): Uint8Array | undefined {
    const blob = this.#index.get(id)?.blob;
    return blob ? readAll(blob.content) : undefined;
  }

  /** Changes a file and counts its version up. Throws when it is not there, and RangeError for a MIME type that is none. */
  update(id: string, patch: FilePatch): DriveFile {
    if (patch.mimeType !== undefined) requireMimeType("mimeType", patch.mimeType);
    const former = this.#index.get(id);
    if (former === undefined) throw new Error(`No such file: ${id}`);
    const { content, ...changes } = patch;
    const version = former.version + 1;
    const changed = { ...former, ...changes, version };
    const blob =
      content === undefined
        ? former.blob
        : makeBlob(content, { fileId: id, name: changed.name, version, addedTimeMs: this.#addedTimeMs() });
    const file = this.#put({ ...changed, blob });
    if (former.blob !== null && former.blob.content !== file.blob?.content) {
      this.#keeper?.release(former.blob.content);
    }
    return file;
  }

  /** Removes a file for good, and all that lies below it; nothing happens when it is not there. */
  remove(id: string): void {
    if (this.#index.get(id) === undefined) return;
    this.#rescueStrangers(id);
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

  /** What an account or a shared drive has stored, the trash included; kept up to date with every change. */
  storageOf(ownerSub: string): StorageUse {
    return this.#index.usage.of(ownerSub);
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

  /** The files of one user that one application was given under drive.file. */
  grantedFileIds(of: { clientId: string; sub: string }): string[] {
    return this.#grants.fileIds(of);
  }

  /** Takes all files of one user from one application. */
  revokeFileGrants(of: { clientId: string; sub: string }): void {
    this.#keeper?.keep({ kind: "fileGrantsRevoked", clientId: of.clientId, sub: of.sub });
    this.#grants.revoke(of);
  }

  /** The people who have a Drive here. */
  get accounts(): Account[] {
    return [...this.#drives.values()].map(({ account }) => account);
  }

  /**
   * Makes a shared drive and gives its root folder, whose id is the drive's. Throws RangeError for a member's role that
   * there is not.
   */
  addSharedDrive({ name, members = [] }: { name: string; members?: readonly NewPermission[] }): DriveFile {
    let root = makeSharedDriveRoot(this.#ids.nextSharedDrive(), name, this.#now());
    for (const member of members) {
      const permission = makePermission(member, this.#sharingCircumstances(null));
      root = { ...root, sharing: withPermission(root, permission) };
    }
    return this.#put(root);
  }

  /**
   * Gives somebody a role on an item and all that lies below it: a person by `email`, or whoever `to` says. A role given
   * before gives way. `bySub` is the account that does it; left out, the item's owner. Throws when the item is not there,
   * and RangeError for a role that there is not.
   */
  shareFile(id: string, input: NewPermission, bySub?: string): DriveFile {
    const file = this.#require(id);
    const sharer = bySub ?? (driveIdOf(file) === null ? file.ownerSub : null);
    const permission = makePermission(input, this.#sharingCircumstances(sharer));
    return this.update(id, { sharing: withPermission(file, permission) });
  }

  /** Takes a role on an item away again, by the id of the permission. Throws when the item is not there. */
  unshareFile(id: string, permissionId: string): DriveFile {
    return this.update(id, { sharing: withoutPermission(this.#require(id), permissionId) });
  }

  /** Notes that somebody opens an item in the web application; from then on no resource key is needed for it. */
  markOpened(opening: FileOpening): void {
    this.#keeper?.keep({ kind: "fileOpened", opening });
    this.#openings.add(opening);
  }

  isOpened(opening: FileOpening): boolean {
    return this.#openings.has(opening);
  }

  /** The items of others that an account has opened. */
  openedBy(sub: string): DriveFile[] {
    return this.#present(this.#openings.of(sub));
  }

  /** The items whose access lists name an account, roots of shared drives included. */
  sharedWith(sub: string): DriveFile[] {
    return this.#present(this.#index.shares.sharedWith(this.account(sub)));
  }

  /** The items that everybody of a domain finds by searching. */
  findableIn(domain: string): DriveFile[] {
    return this.#present(this.#index.shares.findableIn(domain));
  }

  /** What others have put into folders of an account. */
  strangersIn(sub: string): DriveFile[] {
    return this.#present(this.#index.strangers()).filter((file) => this.#parentOf(file)?.ownerSub === sub);
  }

  /** All items of a shared drive in the order of their creation, trashed ones included, the root not. */
  itemsOf(driveId: string): DriveFile[] {
    return this.#present(this.#index.idsOf(driveId)).filter(({ id }) => id !== driveId);
  }

  /** How many items a folder holds directly, trashed ones included. */
  childCount(folderId: string): number {
    return this.#index.childIds(folderId).size;
  }

  /** How many items a shared drive or an account holds, by the id of either; trashed ones and the root included. */
  itemCount(owner: string): number {
    return this.#index.idsOf(owner).size;
  }

  /** All items of all Drives, roots included. */
  allFiles(): Iterable<DriveFile> {
    return this.#index.all();
  }

  /** The content of a file, for another file to have; no bytes are copied. Null for a file without bytes. */
  shareContent({ blob }: DriveFile): CollectedContent | null {
    if (blob === null) return null;
    return { content: this.#keeper?.share(blob.content) ?? blob.content, checksums: blob.checksums };
  }

  /** What others have in a folder that is removed goes to the root of their own Drives. */
  #rescueStrangers(id: string): void {
    const folder = this.#index.get(id);
    if (folder === undefined || driveIdOf(folder) !== null || this.#index.strangers().size === 0) return;
    for (const file of this.#present(this.#index.strangers())) {
      if (file.id === id || file.ownerSub === folder.ownerSub || !this.isWithin(file.id, id)) continue;
      this.update(file.id, { parentId: this.rootId(file.ownerSub) });
    }
  }

  #sharingCircumstances(grantedBySub: string | null) {
    return { accounts: this.accounts, nowMs: this.#now(), grantedBySub };
  }

  #require(id: string): DriveFile {
    const file = this.#index.get(id);
    if (file === undefined) throw new Error(`No such file: ${id}`);
    return file;
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
    const tree = this.treeOf(id).reverse();
    for (const file of tree) {
      this.#index.remove(file);
      this.#grants.forget(file.id);
      this.#openings.forget(file.id);
    }
    return tree;
  }

  #addedTimeMs(): number {
    return this.#isOpen ? this.#now() : 0;
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
