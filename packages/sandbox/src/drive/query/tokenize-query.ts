import { invalidValue } from "../errors.ts";

/** A word, a quoted text without its quotes, or a sign. */
export interface QueryToken {
  readonly kind: "word" | "text" | "sign";
  readonly value: string;
}

const TOKEN =
  /\s*(?:(?<word>[A-Za-z][A-Za-z.]*)|'(?<text>[^'\\]*(?:\\['\\][^'\\]*)*)'|(?<sign>!=|<=|>=|[=<>(){}]))/y;

/**
 * Takes a search apart. Within quotes `\'` is a quote and `\\` a backslash; no other escape exists.
 * Throws 400 `invalid` at the first character that fits nowhere.
 */
export function tokenizeQuery(query: string): QueryToken[] {
  const text = query.trimEnd();
  const pattern = new RegExp(TOKEN);
  const tokens: QueryToken[] = [];
  while (pattern.lastIndex < text.length) {
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) throw invalidValue("q");
    tokens.push(tokenOf(groups));
  }
  return tokens;
}

function tokenOf({ word, text, sign }: Record<string, string | undefined>): QueryToken {
  if (word !== undefined) return { kind: "word", value: word };
  if (text !== undefined) return { kind: "text", value: text.replace(/\\(['\\])/g, "$1") };
  return { kind: "sign", value: sign ?? "" };
}
