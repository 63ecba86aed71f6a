/** A token of RFC 9110, section 5.6.2, of no more characters than RFC 6838, section 4.2, lets a name have. */
const NAME = "[!#$%&'*+.^_`|~\\w-]{1,127}";
const MIME_TYPE = new RegExp(`^${NAME}/${NAME}$`);

/** Makes sure that a text is a MIME type. Throws RangeError that names the member which is not. */
export function requireMimeType(member: string, text: string): void {
  if (!isMimeType(text)) throw new RangeError(`${member}: not a MIME type: ${text}`);
}

/** Whether a text is a MIME type, without parameters: what may stand in Content-Type when the file is downloaded. */
export function isMimeType(text: string): boolean {
  return MIME_TYPE.test(text);
}
