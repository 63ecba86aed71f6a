/** A text as a value of Google's query language (Drive API guide "Search query terms and operators"). */
export function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
