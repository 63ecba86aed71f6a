/** Characters that end a line, hide, or turn the direction of text around, and so make a name look like another. */
const DECEPTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const SEPARATORS = /[/\\]/g;
/** Characters that `filename*` takes as they are (RFC 8187, 3.2.1: attr-char). */
const UNESCAPED = /[^A-Za-z0-9!#$&+.^_`|~-]/gu;
const LONGEST_NAME = 200;

/**
 * The Content-Disposition header of a download (RFC 6266): an ASCII name for old clients and the true one in UTF-8
 * (RFC 8187). Names come from providers and are hostile: they lose line ends, invisible characters and path separators.
 */
export function contentDisposition(filename: string): string {
  const cleaned = filename.toWellFormed().replaceAll(DECEPTIVE, "").replaceAll(SEPARATORS, "_").trim();
  const name = shorten(cleaned.replace(/^\.+/, "")) || "image";
  const ascii = name.replaceAll(/[^\x20-\x7e]/gu, "_").replaceAll(/["%]/g, "_");
  const encoded = name.replaceAll(UNESCAPED, percentEncode);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** Cuts a long name in its middle, so that its ending stays. */
function shorten(name: string): string {
  const characters = Array.from(name);
  if (characters.length <= LONGEST_NAME) return name;
  return [...characters.slice(0, LONGEST_NAME - 20), ...characters.slice(-20)].join("");
}

function percentEncode(character: string): string {
  return [...Buffer.from(character, "utf8")]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
    .join("");
}
