import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DriveError } from "../errors.ts";
import { parseFields } from "./parse-fields.ts";
import { FILE_LIST_SHAPE, FILE_SHAPE, type Shape } from "./resource-shapes.ts";
import { selectFields } from "./select-fields.ts";

function messageOf(text: string): string {
  try {
    parseFields(text, FILE_SHAPE);
    return "";
  } catch (error) {
    return error instanceof DriveError ? error.message : String(error);
  }
}

const LIST = {
  kind: "drive#fileList",
  nextPageToken: "t",
  files: [
    { id: "1", name: "a", owners: [{ me: true, emailAddress: "a@example.com" }] },
    { id: "2", name: "b", owners: [{ me: true, emailAddress: "b@example.com" }] },
  ],
};

describe("a fields mask", () => {
  it.each([
    ["kind", { kind: "drive#fileList" }],
    ["files/id", { files: [{ id: "1" }, { id: "2" }] }],
    ["files(id), files/name", { files: LIST.files.map(({ id, name }) => ({ id, name })) }],
    [
      "files(owners/emailAddress)",
      { files: LIST.files.map(({ owners: [o] }) => ({ owners: [{ emailAddress: o?.emailAddress }] })) },
    ],
    ["*", LIST],
    ["files/*,kind", { kind: LIST.kind, files: LIST.files }],
  ])("of %s gives what it names and nothing else", (text, expected) => {
    expect(selectFields(LIST, parseFields(text, FILE_LIST_SHAPE))).toEqual(expected);
  });

  it("names the field that does not exist", () => {
    expect(messageOf("id,foo")).toBe("Invalid field selection foo");
    expect(messageOf("etag")).toBe("Invalid field selection etag");
    expect(messageOf("owners(foo)")).toBe("Invalid field selection foo");
    expect(messageOf("name/foo")).toBe("Invalid field selection foo");
    expect(messageOf("constructor")).toBe("Invalid field selection constructor");
  });

  it.each(["id,", ",id", "(id)", "owners(", "owners()", "owners(me", "id)", "a b", "id;name"])(
    "refuses %s",
    (text) => {
      expect(messageOf(text)).not.toBe("");
    },
  );

  it("gives exactly the names that it is made of, in any order and however often", () => {
    const names = Object.keys(FILE_SHAPE);
    const resource = Object.fromEntries(names.map((name) => [name, name]));
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...names), { minLength: 1 }), (asked) => {
        const selected = selectFields(resource, parseFields(asked.join(","), FILE_SHAPE)) as object;
        expect(new Set(Object.keys(selected))).toEqual(new Set(asked));
      }),
    );
  });

  it("never fails but with a refusal", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("id", "owners", "me", "(", ")", ",", "/", "*", " ", "x") }),
        (text) => {
          try {
            parseFields(text, FILE_SHAPE);
          } catch (error) {
            expect(error).toBeInstanceOf(DriveError);
          }
        },
      ),
    );
  });
});

describe("a fields mask made from the shape", () => {
  interface Mask {
    readonly text: string;
    /** What it asks for; the paths of all leaves, separated by slashes. */
    readonly paths: ReadonlySet<string>;
  }

  function leavesOf(shape: Shape, prefix = ""): string[] {
    if (typeof shape === "string") return [prefix];
    return Object.entries(shape).flatMap(([name, within]) =>
      leavesOf(within, prefix === "" ? name : `${prefix}/${name}`),
    );
  }

  function sample(shape: Shape, path = ""): unknown {
    if (typeof shape === "string") return path;
    return Object.fromEntries(
      Object.entries(shape).map(([name, within]) => [
        name,
        sample(within, path === "" ? name : `${path}/${name}`),
      ]),
    );
  }

  function valuesOf(value: unknown): string[] {
    return typeof value === "object" && value !== null
      ? Object.values(value).flatMap(valuesOf)
      : [String(value)];
  }

  const space = fc.constantFrom("", " ", "  ");

  function itemOf(shape: Shape, prefix: string): fc.Arbitrary<Mask> {
    if (typeof shape === "string") return fc.constant({ text: "*", paths: new Set([prefix]) });
    const names = fc.constantFrom(...Object.keys(shape));
    const everything = { text: "*", paths: new Set(leavesOf(shape, prefix)) };
    const named = fc.tuple(names, fc.constantFrom("", "/", "("), space).chain(([name, sign, gap]) => {
      const within = shape[name] ?? "leaf";
      const path = prefix === "" ? name : `${prefix}/${name}`;
      if (typeof within === "string" || sign === "") {
        return fc.constant({ text: `${gap}${name}`, paths: new Set(leavesOf(within, path)) });
      }
      if (sign === "/") {
        return itemOf(within, path).map(({ text, paths }) => ({ text: `${name}/${gap}${text}`, paths }));
      }
      return maskOf(within, path).map(({ text, paths }) => ({ text: `${name}(${text}${gap})${gap}`, paths }));
    });
    return fc.oneof({ weight: 9, arbitrary: named }, { weight: 1, arbitrary: fc.constant(everything) });
  }

  function maskOf(shape: Shape, prefix = ""): fc.Arbitrary<Mask> {
    return fc
      .tuple(fc.array(itemOf(shape, prefix), { minLength: 1, maxLength: 5 }), space)
      .map(([items, gap]) => ({
        text: items.map(({ text }) => text).join(`${gap},`),
        paths: new Set(items.flatMap(({ paths }) => [...paths])),
      }));
  }

  it("selects exactly what it names, nested, with stars, slashes and spaces", () => {
    const whole = sample(FILE_LIST_SHAPE);
    fc.assert(
      fc.property(maskOf(FILE_LIST_SHAPE), ({ text, paths }) => {
        const selected = selectFields(whole, parseFields(text, FILE_LIST_SHAPE));
        expect(new Set(valuesOf(selected))).toEqual(paths);
      }),
      { numRuns: 500 },
    );
  });
});
