import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DriveError } from "../errors.ts";
import { parseFields } from "./parse-fields.ts";
import { FILE_LIST_SHAPE, FILE_SHAPE } from "./resource-shapes.ts";
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
