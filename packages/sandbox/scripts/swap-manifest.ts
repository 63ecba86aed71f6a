import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isSourceManifest, type Manifest, publishedManifest } from "./published-manifest.ts";

/**
 * Puts the published form of package.json in the place of the repository's, which is kept beside it. What an interrupted
 * run left behind is put right first.
 *
 * @throws Error when package.json is in the published form already and the repository's is gone, and as restoreManifest
 */
export function publishManifest(directory: string): void {
  restoreManifest(directory);
  const { current, kept } = pathsIn(directory);
  const text = readFileSync(current, "utf8");
  if (!isSourceManifest(JSON.parse(text) as Manifest)) {
    throw new Error(`${current} is in its published form and the repository's is gone; take it from git`);
  }
  writeFileSync(kept, text, { flag: "wx" });
  replace(current, publishedText(text));
}

/**
 * Puts the repository's package.json back into its place; does nothing where it is.
 *
 * @throws Error when the published form was edited meanwhile: the edit would be lost
 */
export function restoreManifest(directory: string): void {
  const { current, kept } = pathsIn(directory);
  if (!existsSync(kept)) return;
  const source = readFileSync(kept, "utf8");
  const found = existsSync(current) ? readFileSync(current, "utf8") : source;
  if (found !== source && found !== publishedText(source)) {
    throw new Error(
      `${current} was edited while it was in its published form; make the edit in ${kept} and remove it`,
    );
  }
  renameSync(kept, current);
}

function pathsIn(directory: string) {
  return { current: join(directory, "package.json"), kept: join(directory, "package.json.source") };
}

function publishedText(source: string): string {
  return `${JSON.stringify(publishedManifest(JSON.parse(source) as Manifest), null, 2)}\n`;
}

function replace(path: string, text: string): void {
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, text);
  renameSync(aside, path);
}
