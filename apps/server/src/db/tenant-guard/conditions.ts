import { identifierOf, isStatement, isSymbol, isWord, splitAt, type Token } from "./tokens.ts";

/** One side of an equation, as far as it can name a tenant. */
export type Operand =
  | { readonly kind: "parameter" }
  | { readonly kind: "column"; readonly qualifier: string | null; readonly column: string };

/** `left = right`, in a condition that holds for every row. */
export interface Equation {
  readonly left: Operand;
  readonly right: Operand;
}

/** The parts of a condition that must all hold. Of an OR none must, and within a CASE an AND says nothing of the whole. */
export function conjunctsOf(condition: readonly Token[]): readonly (readonly Token[])[] {
  const [only] = condition;
  if (condition.length === 1 && only?.kind === "group") {
    return isStatement(only.tokens) ? [] : conjunctsOf(only.tokens);
  }
  if (condition.some((token) => isWord(token, "or", "case"))) return [];
  const joins = condition.filter((token) => isWord(token, "and", "between"));
  // The AND of a BETWEEN joins its two bounds.
  const parts = splitAt(condition, (token) => {
    return isWord(token, "and") && !isWord(joins[joins.indexOf(token) - 1], "between");
  });
  return parts.length === 1 ? parts : parts.flatMap(conjunctsOf);
}

/** A part of a condition as an equation of columns and parameters; null when it is something else. */
export function equationOf(conjunct: readonly Token[]): Equation | null {
  const sides = splitAt(conjunct, (token) => isSymbol(token, "="));
  const [left, right, ...more] = sides.map(operandOf);
  return left && right && more.length === 0 ? { left, right } : null;
}

function operandOf(tokens: readonly Token[]): Operand | null {
  const [bare = [], ...casts] = splitAt(tokens, (token) => isSymbol(token, "::"));
  if (!casts.every(isType)) return null;
  const [only] = bare;
  if (bare.length === 1 && only?.kind === "parameter") return { kind: "parameter" };
  const parts = splitAt(bare, (token) => isSymbol(token, "."));
  const path = parts.flatMap((part) => (part.length === 1 ? (identifierOf(part[0]) ?? []) : []));
  const column = path.at(-1);
  if (column === undefined || path.length !== parts.length) return null;
  return { kind: "column", qualifier: path.at(-2) ?? null, column };
}

/** A type by its one name, maybe with a length. What stands behind it would make another value of it. */
function isType([name, length, ...more]: readonly Token[]): boolean {
  return (
    identifierOf(name) !== null && (length === undefined || length.kind === "group") && more.length === 0
  );
}

/** The reason of a marker that stands as a part of a condition of its own; null for any other part. */
export function markerOf(conjunct: readonly Token[]): string | null {
  const [first, second] = conjunct;
  return first?.kind === "marker" && conjunct.length === 2 && isWord(second, "true") ? first.reason : null;
}
