/** A piece of a statement. Words are in lower case; a group is what stands between two parentheses. */
export type Token =
  | { readonly kind: "word" | "name" | "symbol"; readonly text: string }
  | { readonly kind: "parameter" | "literal" }
  /** A comment `across tenants: …`, with its reason. */
  | { readonly kind: "marker"; readonly reason: string }
  | { readonly kind: "group"; readonly tokens: readonly Token[] };

/** PostgreSQL's lexical structure, as far as it matters here (its documentation, section 4.1). */
const TOKEN =
  /(?<skip>\s+|--[^\n]*)|\/\*(?<comment>.*?)\*\/|(?<literal>[eE]'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|\$(?<tag>(?:[A-Za-z_]\w*)?)\$.*?\$\k<tag>\$|\d[\w.]*)|"(?<name>(?:[^"]|"")*)"|(?<parameter>\$\d+)|(?<word>[A-Za-z_][\w$]*)|(?<symbol>::|<>|[<>!]=|=>|.)/gsy;

const MARKER = /^ across tenants: (.*) $/s;

/** Cuts a statement into tokens. Null when its parentheses do not match. */
export function readTokens(statement: string): readonly Token[] | null {
  const levels: Token[][] = [[]];
  for (const { groups = {} } of statement.matchAll(TOKEN)) {
    if (groups.symbol === "(") {
      levels.push([]);
      continue;
    }
    const closed = groups.symbol === ")" ? levels.pop() : undefined;
    const token = closed === undefined ? tokenOf(groups) : ({ kind: "group", tokens: closed } as const);
    if (token !== null) levels.at(-1)?.push(token);
  }
  const [whole] = levels;
  return levels.length === 1 && whole !== undefined ? whole : null;
}

function tokenOf(groups: Readonly<Record<string, string | undefined>>): Token | null {
  const { comment, literal, name, parameter, word, symbol } = groups;
  if (comment !== undefined) {
    const reason = MARKER.exec(comment)?.[1];
    return reason === undefined ? null : { kind: "marker", reason };
  }
  if (word !== undefined) return { kind: "word", text: word.toLowerCase() };
  if (name !== undefined) return { kind: "name", text: name.replaceAll('""', '"') };
  if (symbol !== undefined) return { kind: "symbol", text: symbol };
  if (parameter !== undefined) return { kind: "parameter" };
  return literal === undefined ? null : { kind: "literal" };
}

export function isWord(token: Token | undefined, ...texts: readonly string[]): boolean {
  return token?.kind === "word" && texts.includes(token.text);
}

export function isSymbol(token: Token | undefined, text: string): boolean {
  return token?.kind === "symbol" && token.text === text;
}

/** The identifier that a token may be. */
export function identifierOf(token: Token | undefined): string | null {
  return token?.kind === "word" || token?.kind === "name" ? token.text : null;
}

/** Whether tokens are a statement of their own: a subquery, when they stand in parentheses. */
export function isStatement(tokens: readonly Token[]): boolean {
  const [first] = tokens;
  if (first?.kind === "group") return isStatement(first.tokens);
  return isWord(first, "select", "with", "insert", "update", "delete", "values", "merge", "table");
}

/** The parts between separators. */
export function splitAt(
  tokens: readonly Token[],
  isSeparator: (token: Token) => boolean,
): (readonly Token[])[] {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (isSeparator(token)) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}
