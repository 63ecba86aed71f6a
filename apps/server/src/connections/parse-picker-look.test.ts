import { describe, expect, it } from "vitest";
import { parsePickerLook } from "./parse-picker-look.ts";

const LONG = "a".repeat(5000);

describe("parsePickerLook", () => {
  it.each([
    [
      "files",
      { q: "trashed = false", pageSize: 5, supportsAllDrives: true },
      {
        kind: "list",
        params: { q: "trashed = false", pageSize: "5", supportsAllDrives: "true" },
      },
    ],
    ["about", { fields: "user" }, { kind: "about", params: { fields: "user" } }],
    ["files/abc-_9", { fields: "id" }, { kind: "get", fileId: "abc-_9", params: { fields: "id" } }],
    ["files/root", {}, { kind: "get", fileId: "root", params: {} }],
    [`files/${LONG}`, {}, { kind: "get", fileId: LONG, params: {} }],
    ["files/abc/export", { mimeType: "image/png" }, { kind: "export", fileId: "abc", mimeType: "image/png" }],
  ])("takes %.20s %j", (endpoint, params, look) => {
    expect(parsePickerLook(endpoint, params)).toEqual(look);
  });

  it.each([
    "",
    " ",
    "/",
    ".",
    "..",
    "FILES",
    "Files",
    "/files",
    "//files",
    "files/",
    "files//",
    "files//abc",
    "files/abc/",
    "files/abc//export",
    "files/abc/export/",
    "files/abc/export/x",
    "files/abc/Export",
    "files/abc/EXPORT",
    "files/abc/copy",
    "files/abc/permissions",
    "files/abc/watch",
    "files/abc/comments",
    "files/abc/revisions",
    "files/abc/listLabels",
    "files/generateIds",
    "files/trash",
    "files/.",
    "files/..",
    "files/../about",
    "files/../../oauth2/v3/certs",
    "files/./abc",
    "files/abc/..",
    "files/abc/../export",
    "files/%2e%2e",
    "files/%2E%2E/about",
    "files/%252e%252e",
    "files/abc%2Fexport",
    "files/abc%2fpermissions",
    "files%2Fabc",
    "files/abc%00",
    "files/abc\u0000",
    "files/abc\n",
    "files/abc\r\n",
    "\nfiles",
    "files\n",
    "files/abc\t",
    " files",
    "files ",
    "files/a b",
    "files/abc?alt=media",
    "files?q=x",
    "files/abc#x",
    "files;x",
    "files/abc;x",
    "files\\abc",
    "files/abc\\export",
    "files/äbc",
    "files/\u0430bc",
    "files/\u202eabc",
    "files\uff0fabc",
    "files/a.b",
    "files/a*b",
    "files/a+b",
    "files/@me",
    "files/abc:export",
    "abc/files/abc",
    "drive/v3/files",
    "/drive/v3/files/abc",
    "http://evil.example.com/files",
    "//evil.example.com/files",
    "https://www.googleapis.com/drive/v3/files",
    "about/",
    "about/x",
    "aboutx",
    "changes",
    "drives",
    "drives/abc",
    "files/abc/export\n",
    "export",
    "__proto__",
    "constructor",
  ])("refuses the endpoint %j", (endpoint) => {
    expect(() => parsePickerLook(endpoint, {})).toThrow(
      expect.objectContaining({ code: "endpoint_not_allowed" }),
    );
  });

  it.each([
    ["files", "alt"],
    ["files", "key"],
    ["files", "access_token"],
    ["files", "oauth_token"],
    ["files", "Q"],
    ["files", "fields "],
    ["files", "callback"],
    ["files", "__proto__x"],
    ["files", "constructor"],
    ["files/abc", "alt"],
    ["files/abc", "acknowledgeAbuse"],
    ["files/abc", "q"],
    ["files/abc", "mimeType"],
    ["files/abc/export", "fields"],
    ["files/abc/export", "alt"],
    ["about", "q"],
  ])("refuses at %s the parameter %s by its name", (endpoint, name) => {
    expect(() => parsePickerLook(endpoint, { [name]: "x" })).toThrow(
      expect.objectContaining({ code: "parameter_not_allowed", details: { parameter: name } }),
    );
  });

  it.each([null, ["x"], { x: 1 }, undefined])("refuses the value %j", (value) => {
    expect(() => parsePickerLook("files", { q: value })).toThrow(
      expect.objectContaining({ code: "parameter_not_allowed" }),
    );
  });

  it("asks for the type of an export", () => {
    expect(() => parsePickerLook("files/abc/export", {})).toThrow(
      expect.objectContaining({ code: "provider_bad_request" }),
    );
  });
});
