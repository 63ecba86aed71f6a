/** A type taken to pieces, down to which members may be left out; what may be written to is let alone. */
type Anatomy<Type> = Type extends string | number | boolean | null | undefined
  ? Type
  : Type extends readonly (infer Item)[]
    ? { readonly items: Anatomy<Item> }
    : {
        readonly [Name in keyof Type]-?: [
          Anatomy<Type[Name]>,
          undefined extends Type[Name] ? "optional" : "there",
        ];
      };

/**
 * True when two types have the same members all the way down, and each is there or may be left out in both; false
 * otherwise. That one can be assigned to the other says less: a member that may be left out can be missing in one.
 */
export type SameShape<Left, Right> = [Anatomy<Left>] extends [Anatomy<Right>]
  ? [Anatomy<Right>] extends [Anatomy<Left>]
    ? true
    : false
  : false;
