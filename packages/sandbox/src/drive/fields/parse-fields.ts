import { type DriveError, invalidFieldSelection, invalidValue } from "../errors.ts";
import type { Shape } from "./resource-shapes.ts";

/** What a fields mask asks for: everything, or some names with a mask of their own each. */
export type FieldMask = "all" | ReadonlyMap<string, FieldMask>;

type MaskMap = Map<string, FieldMask>;

/**
 * Reads a fields mask: names separated by commas, `a/b` and `a(b,c)` for names within, `*` for all names there are.
 * Throws 400 `invalidParameter` for a name that the resource does not have and 400 `invalid` for what is no mask.
 * Follows "Return specific fields" of the Drive guides.
 */
export function parseFields(text: string, shape: Shape): FieldMask {
  const reader = new FieldsReader(text);
  const mask = reader.readList(shape);
  if (!reader.atEnd()) throw malformed();
  return mask;
}

class FieldsReader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = text.match(/[A-Za-z0-9_]+|\S/g) ?? [];
  }

  atEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  readList(shape: Shape): FieldMask {
    let mask: FieldMask = new Map();
    do mask = join(mask, this.#readItem(shape));
    while (this.#take(","));
    return mask;
  }

  #readItem(shape: Shape): FieldMask {
    const name = this.#tokens[this.#at++];
    if (name === undefined) throw malformed();
    if (name === "*") return "all";
    if (!/^\w+$/.test(name)) throw malformed();
    return new Map([[name, this.#readWithin(shapeOf(shape, name))]]);
  }

  #readWithin(shape: Shape): FieldMask {
    if (this.#take("/")) return this.#readItem(shape);
    if (!this.#take("(")) return "all";
    const mask = this.readList(shape);
    if (!this.#take(")")) throw malformed();
    return mask;
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at += 1;
    return true;
  }
}

function shapeOf(shape: Shape, name: string): Shape {
  if (shape === "map") return "leaf";
  const within = shape !== "leaf" && Object.hasOwn(shape, name) ? shape[name] : undefined;
  if (within === undefined) throw invalidFieldSelection(name);
  return within;
}

/** Both masks in one: a name that either asks for is there, with all that either asks for in it. */
function join(left: FieldMask, right: FieldMask): FieldMask {
  if (left === "all" || right === "all") return "all";
  const joined: MaskMap = new Map(left);
  for (const [name, mask] of right) {
    const former = joined.get(name);
    joined.set(name, former === undefined ? mask : join(former, mask));
  }
  return joined;
}

function malformed(): DriveError {
  return invalidValue("fields");
}
