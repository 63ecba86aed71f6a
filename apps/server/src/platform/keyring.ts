import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const ALGORITHM = "aes-256-gcm";
const KEY_BYTES = 32;
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
  /** The ids of all keys; the first one seals. */
  readonly keyIds: readonly [string, ...string[]];
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
  /** The key that the value names, whether it is here or not. */
  readonly keyId: string;

  constructor(message: string, options: { readonly keyId: string; readonly cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.keyId = options.keyId;
  }
}

/** The id of the key that sealed a value. */
export function keyIdOf(sealed: string): string {
  return sealed.split(".", 1)[0] ?? "";
}

/**
 * AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce per value and the value's place as associated data. Random
 * nonces are good for 2^32 values of one key (section 8.3), which is what rotation is for.
 * @param keys the first seals, all open
 * @throws {RangeError} when two keys share an id, or one is not 32 bytes long
 */
export function createKeyring(keys: readonly [SealingKey, ...SealingKey[]]): Keyring {
  const byId = new Map(keys.map((key) => [key.id, key.secret]));
  if (byId.size !== keys.length) throw new RangeError("two keys have the same id");
  if (keys.some((key) => key.secret.length !== KEY_BYTES)) throw new RangeError("a key is not 32 bytes long");
  const [sealing, ...older] = keys;
  return {
    keyIds: [sealing.id, ...older.map((key) => key.id)],
    seal(plaintext, place) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, sealing.secret, nonce);
      cipher.setAAD(placeBytes(place));
      const body = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return [sealing.id, nonce.toString("base64url"), body.toString("base64url")].join(".");
    },
    open(sealed, place) {
      const keyId = keyIdOf(sealed);
      const secret = byId.get(keyId);
      if (secret === undefined) {
        throw new UnsealError(`no key with the id "${keyId.slice(0, 32)}" is configured`, { keyId });
      }
      try {
        const { nonce, body } = parseSealed(sealed);
        const tagAt = body.length - TAG_BYTES;
        const decipher = createDecipheriv(ALGORITHM, secret, nonce, { authTagLength: TAG_BYTES });
        decipher.setAAD(placeBytes(place));
        decipher.setAuthTag(body.subarray(tagAt));
        return Buffer.concat([decipher.update(body.subarray(0, tagAt)), decipher.final()]).toString("utf8");
      } catch (cause) {
        throw new UnsealError("the sealed value was changed, or does not belong here", { keyId, cause });
      }
    },
  };
}

/** There is one spelling of every sealed value; any other counts as changed. */
function parseSealed(sealed: string): { nonce: Buffer; body: Buffer } {
  const [, nonceText = "", bodyText = "", ...rest] = sealed.split(".");
  const nonce = Buffer.from(nonceText, "base64url");
  const body = Buffer.from(bodyText, "base64url");
  const isWhole = rest.length === 0 && nonce.length === NONCE_BYTES && body.length >= TAG_BYTES;
  const isPlain = nonce.toString("base64url") === nonceText && body.toString("base64url") === bodyText;
  if (!isWhole || !isPlain) throw new RangeError("not the form of a sealed value");
  return { nonce, body };
}

function placeBytes(place: SealedPlace): Buffer {
  return Buffer.from(JSON.stringify([place.table, place.column, place.tenantId, place.rowId]), "utf8");
}
