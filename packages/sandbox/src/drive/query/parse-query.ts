import { internalError, invalidValue } from "../errors.ts";
import { parseTimestamp } from "../timestamps.ts";
import type {
  CollectionTerm,
  Comparison,
  FlagTerm,
  PropertyTerm,
  QueryNode,
  TimeTerm,
} from "./query-node.ts";
import { type QueryToken, tokenizeQuery } from "./tokenize-query.ts";

const TIME_TERMS: ReadonlySet<TimeTerm> = new Set<TimeTerm>([
  "modifiedTime",
  "createdTime",
  "viewedByMeTime",
  "sharedWithMeTime",
]);
const FLAG_TERMS: ReadonlySet<FlagTerm> = new Set<FlagTerm>(["trashed", "starred", "sharedWithMe"]);
const COLLECTION_TERMS: ReadonlySet<CollectionTerm> = new Set<CollectionTerm>([
  "parents",
  "owners",
  "writers",
  "readers",
]);
const PROPERTY_TERMS: ReadonlySet<PropertyTerm> = new Set<PropertyTerm>(["properties", "appProperties"]);
const COMPARISONS: ReadonlySet<Comparison> = new Set<Comparison>(["=", "!=", "<", "<=", ">", ">="]);
const ORDERINGS: ReadonlySet<string> = new Set(["<", "<=", ">", ">="]);

/** Which operators each text term has. */
const TEXT_OPERATORS = {
  name: ["contains", "=", "!="],
  mimeType: ["contains", "=", "!="],
  fullText: ["contains"],
  visibility: ["=", "!="],
  "shortcutDetails.targetId": ["=", "!="],
} as const;

/** Nesting beyond this is no search of a person or a program in its right mind, and would exhaust the stack. */
const DEEPEST_NESTING = 200;

/**
 * Reads the search of files.list. `and` and `or` bind alike and from left to right, `not` takes what follows it.
 * Throws 400 `invalid` with location `q` for what is no search, and 500 where Drive itself stumbles (`name > 'x'`).
 * Follows "Search query terms and operators" of the Drive guides.
 */
export function parseQuery(query: string): QueryNode {
  return new QueryReader(tokenizeQuery(query)).readWhole();
}

class QueryReader {
  readonly #tokens: readonly QueryToken[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly QueryToken[]) {
    this.#tokens = tokens;
  }

  readWhole(): QueryNode {
    const node = this.#readChain();
    if (this.#at < this.#tokens.length) throw invalidValue("q");
    return node;
  }

  #readChain(): QueryNode {
    let left = this.#readOperand();
    for (;;) {
      const kind = this.#takeConnective();
      if (kind === null) return left;
      left = { kind, left, right: this.#readOperand() };
    }
  }

  #takeConnective(): "and" | "or" | null {
    for (const kind of ["and", "or"] as const) if (this.#takes("word", kind)) return kind;
    return null;
  }

  #readOperand(): QueryNode {
    this.#depth += 1;
    if (this.#depth > DEEPEST_NESTING) throw invalidValue("q");
    const node = this.#readOperandWithin();
    this.#depth -= 1;
    return node;
  }

  #readOperandWithin(): QueryNode {
    if (this.#takes("word", "not")) return { kind: "not", of: this.#readOperand() };
    if (this.#takes("sign", "(")) {
      const node = this.#readChain();
      this.#expect("sign", ")");
      return node;
    }
    const token = this.#next();
    if (token.kind === "text") return this.#readMember(token.value);
    if (token.kind === "word") return this.#readTerm(token.value);
    throw invalidValue("q");
  }

  #readMember(value: string): QueryNode {
    this.#expect("word", "in");
    const term = this.#symbol();
    if (!isIn(term, COLLECTION_TERMS)) throw invalidValue("q");
    return { kind: "member", term, value };
  }

  #readTerm(term: string): QueryNode {
    if (isIn(term, FLAG_TERMS)) return this.#readFlag(term);
    if (isIn(term, TIME_TERMS)) return this.#readTime(term);
    if (isIn(term, PROPERTY_TERMS)) return this.#readProperty(term);
    if (Object.hasOwn(TEXT_OPERATORS, term)) return this.#readText(term as keyof typeof TEXT_OPERATORS);
    throw invalidValue("q");
  }

  #readFlag(term: FlagTerm): QueryNode {
    const isEqual = this.#takes("sign", "=");
    if (!isEqual && !this.#takes("sign", "!=")) {
      if (term !== "sharedWithMe") throw invalidValue("q");
      return { kind: "flag", term, value: true };
    }
    const value = this.#symbol();
    if (value !== "true" && value !== "false") throw invalidValue("q");
    return { kind: "flag", term, value: (value === "true") === isEqual };
  }

  #readTime(term: TimeTerm): QueryNode {
    const operator = this.#symbol();
    if (!isIn(operator, COMPARISONS)) throw invalidValue("q");
    const timeMs = parseTimestamp(this.#text());
    if (timeMs === null) throw invalidValue("q");
    return { kind: "time", term, operator, timeMs };
  }

  #readText(term: keyof typeof TEXT_OPERATORS): QueryNode {
    const asked = this.#symbol();
    if (term === "name" && ORDERINGS.has(asked)) throw internalError();
    const operator = TEXT_OPERATORS[term].find((known) => known === asked);
    if (operator === undefined) throw invalidValue("q");
    return { kind: "text", term, operator, value: this.#text() };
  }

  #readProperty(term: PropertyTerm): QueryNode {
    this.#expect("word", "has");
    this.#expect("sign", "{");
    this.#expect("word", "key");
    this.#expect("sign", "=");
    const key = this.#text();
    this.#expect("word", "and");
    this.#expect("word", "value");
    this.#expect("sign", "=");
    const value = this.#text();
    this.#expect("sign", "}");
    return { kind: "property", term, key, value };
  }

  #next(): QueryToken {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw invalidValue("q");
    this.#at += 1;
    return token;
  }

  /** The next word or sign; a quoted text is neither. */
  #symbol(): string {
    const token = this.#next();
    if (token.kind === "text") throw invalidValue("q");
    return token.value;
  }

  #text(): string {
    const token = this.#next();
    if (token.kind !== "text") throw invalidValue("q");
    return token.value;
  }

  #takes(kind: QueryToken["kind"], value: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== kind || token.value !== value) return false;
    this.#at += 1;
    return true;
  }

  #expect(kind: QueryToken["kind"], value: string): void {
    if (!this.#takes(kind, value)) throw invalidValue("q");
  }
}

function isIn<Name extends string>(value: string, names: ReadonlySet<Name>): value is Name {
  return (names as ReadonlySet<string>).has(value);
}
