import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentDisposition } from "./content-disposition.ts";

describe("the name of a download", () => {
  it.each([
    ["hill.jpg", "attachment; filename=\"hill.jpg\"; filename*=UTF-8''hill.jpg"],
    ["two words.png", "attachment; filename=\"two words.png\"; filename*=UTF-8''two%20words.png"],
    [
      "Größe 日本.jpg",
      "attachment; filename=\"Gr__e __.jpg\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%E6%97%A5%E6%9C%AC.jpg",
    ],
    ['a"b%c.jpg', "attachment; filename=\"a_b_c.jpg\"; filename*=UTF-8''a%22b%25c.jpg"],
    [
      "a\r\nset-cookie: x=1",
      "attachment; filename=\"aset-cookie: x=1\"; filename*=UTF-8''aset-cookie%3A%20x%3D1",
    ],
    ["../../etc/passwd", "attachment; filename=\"_.._etc_passwd\"; filename*=UTF-8''_.._etc_passwd"],
    ["evil\u202egpj.exe", "attachment; filename=\"evilgpj.exe\"; filename*=UTF-8''evilgpj.exe"],
    ["\u200b\u0000", "attachment; filename=\"image\"; filename*=UTF-8''image"],
    ["..", "attachment; filename=\"image\"; filename*=UTF-8''image"],
  ])("%j", (filename, expected) => {
    expect(contentDisposition(filename)).toBe(expected);
  });

  it("keeps its ending when it is cut", () => {
    expect(contentDisposition(`${"a".repeat(5000)}.jpeg`)).toMatch(/^attachment; filename="a{195}\.jpeg";/);
  });

  it("is always a header of ASCII from which the name can be read back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (filename) => {
        const header = contentDisposition(filename);
        expect(header).toMatch(/^attachment; filename="[ !#$&-~]+"; filename\*=UTF-8''[\x21-\x7e]+$/);
        expect(decodeURIComponent(header.split("''")[1] ?? "")).not.toMatch(/[\p{Cc}\p{Cf}/\\]/u);
      }),
      { numRuns: 500 },
    );
  });
});
