/** A token of RFC 9110, section 5.6.2, of no more characters than RFC 6838, section 4.2, lets a name have. */
const NAME = "[!#$%&'*+.^_`|~\\w-]{1,127}";
const MIME_TYPE = new RegExp(`^${NAME}/${NAME}$`);

/** Whether a text is a MIME type, without parameters: what may stand in Content-Type when the file is downloaded. */
export function isMimeType(text: string): boolean {
  return MIME_TYPE.test(text);
}
