import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const ALGORITHM = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** One sealing key: its id stands in front of everything that it sealed. */
export interface SealingKey {
  readonly id: string;
  /** 32 bytes. */
  readonly secret: Buffer;
}

/** Where a sealed value lives. It is bound into the ciphertext, so that one moved elsewhere does not open. */
export interface SealedPlace {
  readonly table: string;
  readonly column: string;
  readonly tenantId: string;
  readonly rowId: string;
}

/** Seals and opens secrets that rest in the database. */
export interface Keyring {
  /** Seals with the first key: `keyId.nonce.ciphertext-and-tag`, base64url. */
  seal(plaintext: string, place: SealedPlace): string;
  /**
   * Opens what any of the keys sealed at this very place.
   * @throws {UnsealError} when the key is not here, or the text was changed or moved.
   */
  open(sealed: string, place: SealedPlace): string;
}

/** A sealed value that does not open: its key is gone, or it was changed or moved. Carries no secret. */
export class UnsealError extends Error {
  override readonly name = "UnsealError";
}

/**
 * AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce per value and the value's place as associated data.
 * @param keys the first seals, all open
 */
export function createKeyring(keys: readonly [SealingKey, ...SealingKey[]]): Keyring {
  const byId = new Map(keys.map((key) => [key.id, key.secret]));
  const sealing = keys[0];
  return {
    seal(plaintext, place) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, sealing.secret, nonce);
      cipher.setAAD(placeBytes(place));
      const body = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return [sealing.id, nonce.toString("base64url"), body.toString("base64url")].join(".");
    },
    open(sealed, place) {
      const [keyId = "", nonceText = "", bodyText = ""] = sealed.split(".");
      const secret = byId.get(keyId);
      if (secret === undefined) throw new UnsealError(`no key with the id "${keyId}" is configured`);
      const body = Buffer.from(bodyText, "base64url");
      if (body.length < TAG_BYTES) throw new UnsealError("the sealed value is too short");
      try {
        const decipher = createDecipheriv(ALGORITHM, secret, Buffer.from(nonceText, "base64url"));
        decipher.setAAD(placeBytes(place));
        decipher.setAuthTag(body.subarray(body.length - TAG_BYTES));
        const plain = decipher.update(body.subarray(0, body.length - TAG_BYTES));
        return Buffer.concat([plain, decipher.final()]).toString("utf8");
      } catch (cause) {
        throw new UnsealError("the sealed value was changed, or does not belong here", { cause });
      }
    },
  };
}

function placeBytes(place: SealedPlace): Buffer {
  return Buffer.from(JSON.stringify([place.table, place.column, place.tenantId, place.rowId]), "utf8");
}
