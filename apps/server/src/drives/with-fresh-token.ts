import { type Drive, DriveError } from "./drive.ts";
import type { Credential, LentToken } from "./provider.ts";

/**
 * The first, a newer one, and one more: the newer one may be another process's from just before whatever ended the first,
 * and says nothing of the grant then.
 */
const TOKENS_TRIED = 3;

/**
 * A drive whose calls carry a token that is good now. A refused token is replaced and the call repeated; when two new ones
 * are refused too, the grant is given up: `sign_in_again`.
 * @param open makes the drive from a source of tokens that it asks before every request
 */
export function withFreshToken(params: {
  readonly credential: Credential;
  readonly open: (accessToken: () => Promise<string>) => Drive;
}): Drive {
  const { credential, open } = params;

  async function call<T>(use: (drive: Drive) => Promise<T>): Promise<T> {
    let lent: LentToken | null = null;
    const drive = open(async () => {
      lent = await credential.current();
      return lent.accessToken;
    });
    const refused = (error: unknown): LentToken => {
      if (!(error instanceof DriveError && error.kind === "stale_token") || lent === null) throw error;
      return lent;
    };
    for (let tried = 1; ; tried += 1) {
      try {
        return await use(drive);
      } catch (error) {
        const token = refused(error);
        if (tried < TOKENS_TRIED) {
          await credential.renew(token);
          continue;
        }
        await credential.giveUp(token);
        const message = "The provider no longer accepts this sign-in.";
        throw new DriveError("sign_in_again", message, { reason: "token_refused", cause: error });
      }
    }
  }

  return {
    getFiles: (files, signal) => call((drive) => drive.getFiles(files, signal)),
    openFile: (wanted, signal) => call((drive) => drive.openFile(wanted, signal)),
    listFolder: (wanted, signal) => call((drive) => drive.listFolder(wanted, signal)),
    about: (signal) => call((drive) => drive.about(signal)),
    findByProperty: (wanted, signal) => call((drive) => drive.findByProperty(wanted, signal)),
    reserveIds: (count, signal) => call((drive) => drive.reserveIds(count, signal)),
    createFolder: (folder, signal) => call((drive) => drive.createFolder(folder, signal)),
    upload: (wanted, signal) => call((drive) => drive.upload(wanted, signal)),
    look: (wanted, signal) => call((drive) => drive.look(wanted, signal)),
  };
}
