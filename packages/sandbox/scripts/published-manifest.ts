/** A package.json, as far as packing looks at it. */
export interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

const SOURCE = /^\.\/src\/(.+)\.ts$/;
/** What concerns the repository alone. */
const UNPUBLISHED = new Set(["private", "devDependencies"]);
/** npm looks for it in the published form, after which the repository's is put back. */
const KEPT_SCRIPT = "postpublish";

/**
 * The package.json of the published package: in the repository the sources run themselves, and the exports lead to them;
 * published they lead to what was compiled.
 */
export function publishedManifest(manifest: Manifest): Manifest {
  const kept = Object.entries(manifest).filter(([field]) => !UNPUBLISHED.has(field));
  const exports = Object.entries(manifest.exports).map(([path, target]) => [path, publishedTarget(target)]);
  const scripts = Object.entries(manifest.scripts).filter(([name]) => name === KEPT_SCRIPT);
  return {
    ...Object.fromEntries(kept),
    scripts: Object.fromEntries(scripts),
    exports: Object.fromEntries(exports),
  };
}

/** Whether the exports lead to the sources, as they do in the repository. */
export function isSourceManifest({ exports }: Manifest): boolean {
  return Object.values(exports).some((target) => typeof target === "string" && SOURCE.test(target));
}

function publishedTarget(target: unknown): unknown {
  const [, name] = (typeof target === "string" ? SOURCE.exec(target) : null) ?? [];
  return name === undefined ? target : { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` };
}
