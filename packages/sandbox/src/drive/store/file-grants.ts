/** A user's consent that one application may use one file, which is all that the scope drive.file gives. */
export interface FileGrant {
  readonly clientId: string;
  readonly sub: string;
  readonly fileId: string;
}

/** Which files each application was given by each user: the files it made and the files that were picked for it. */
export class FileGrants {
  readonly #granted = new Map<string, Set<string>>();

  /** Gives a file to an application; again is the same as once. Children of a folder are not included. */
  grant({ clientId, sub, fileId }: FileGrant): void {
    const key = grantKey(clientId, sub);
    const files = this.#granted.get(key) ?? new Set();
    files.add(fileId);
    this.#granted.set(key, files);
  }

  has({ clientId, sub, fileId }: FileGrant): boolean {
    return this.#granted.get(grantKey(clientId, sub))?.has(fileId) ?? false;
  }

  /** The files of one user that one application was given, in the order in which it got them. */
  fileIds({ clientId, sub }: Omit<FileGrant, "fileId">): string[] {
    return [...(this.#granted.get(grantKey(clientId, sub)) ?? [])];
  }

  /** Takes all files of one user from one application. */
  revoke({ clientId, sub }: Omit<FileGrant, "fileId">): void {
    this.#granted.delete(grantKey(clientId, sub));
  }

  /** Forgets a file that is gone. */
  forget(fileId: string): void {
    for (const files of this.#granted.values()) files.delete(fileId);
  }
}

function grantKey(clientId: string, sub: string): string {
  return `${sub}\n${clientId}`;
}
