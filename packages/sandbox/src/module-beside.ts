/**
 * The address of a module that is started as a program or a worker of its own. Its file ends as that of the module beside
 * it does: in `.ts` where the sources run themselves, in `.js` where they were compiled, which rewrites imports only.
 *
 * @param moduleUrl the `import.meta.url` of the module that asks
 * @param name the file's name without its extension
 */
export function moduleBeside(moduleUrl: string, name: string): URL {
  const extension = moduleUrl.slice(moduleUrl.lastIndexOf("."));
  return new URL(`./${name}${extension}`, moduleUrl);
}
