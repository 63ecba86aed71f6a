import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { publishManifest, restoreManifest } from "./swap-manifest.ts";

const source = `{
  "name": "some-package",
  "version": "1.2.3",
  "private": true,
  "exports": { ".": "./src/index.ts", "./bin": "./bin/program.js" },
  "scripts": { "build": "tsc", "postpublish": "restore" },
  "dependencies": { "zod": "4.0.0" },
  "devDependencies": { "vitest": "5.0.0" }
}
`;
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "manifest-"));
  write("package.json", source);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const read = (name: string) => readFileSync(join(directory, name), "utf8");
const write = (name: string, text: string) => writeFileSync(join(directory, name), text);

describe("the manifest of the package", () => {
  it("leads to what was compiled while it is packed, and says of the repository only what npm has to find there", () => {
    publishManifest(directory);
    expect(JSON.parse(read("package.json"))).toEqual({
      name: "some-package",
      version: "1.2.3",
      scripts: { postpublish: "restore" },
      exports: {
        ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
        "./bin": "./bin/program.js",
      },
      dependencies: { zod: "4.0.0" },
    });
  });

  it("is afterwards what it was, to the byte", () => {
    publishManifest(directory);
    restoreManifest(directory);
    expect(read("package.json")).toBe(source);
    expect(existsSync(join(directory, "package.json.source"))).toBe(false);
    restoreManifest(directory);
    expect(read("package.json")).toBe(source);
  });

  it("is put right by the next run when one was interrupted", () => {
    publishManifest(directory);
    publishManifest(directory);
    expect(read("package.json.source")).toBe(source);
    restoreManifest(directory);
    expect(read("package.json")).toBe(source);
    // Interrupted between keeping the original and writing the other.
    write("package.json.source", source);
    publishManifest(directory);
    expect(JSON.parse(read("package.json"))).not.toHaveProperty("private");
  });

  it("is not overwritten when the published form was edited", () => {
    publishManifest(directory);
    write("package.json", read("package.json").replace("1.2.3", "1.2.4"));
    expect(() => publishManifest(directory)).toThrow(/was edited while it was in its published form/);
    expect(() => restoreManifest(directory)).toThrow(/package\.json\.source/);
    expect(read("package.json")).toContain("1.2.4");
  });

  it("is refused in its published form when the original is gone", () => {
    publishManifest(directory);
    rmSync(join(directory, "package.json.source"));
    expect(() => publishManifest(directory)).toThrow(/the repository's is gone/);
  });
});
