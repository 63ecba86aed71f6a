const KEY = /^[a-z0-9_]+(\/[a-z0-9_]+)*$/;
const PREFIX = /^([a-z0-9_]+(\/[a-z0-9_]+)*\/?)?$/;
const LONGEST_KEY = 200;

/**
 * Checks a blob's key, which we make ourselves: what does not fit is a fault of ours, not of the caller's request.
 * @throws {TypeError} when the key is not made of `[a-z0-9_]` in parts divided by `/`
 */
export function checkBlobKey(key: string): string {
  if (key.length > LONGEST_KEY || !KEY.test(key))
    throw new TypeError(`not a blob key: ${JSON.stringify(key)}`);
  return key;
}

/**
 * Checks the beginning of keys, which may end anywhere in one; the empty text begins every key.
 * @throws {TypeError} when no key begins so
 */
export function checkBlobPrefix(prefix: string): string {
  if (prefix.length > LONGEST_KEY || !PREFIX.test(prefix))
    throw new TypeError(`no blob's key begins with ${JSON.stringify(prefix)}`);
  return prefix;
}
