import { readFileSync } from "node:fs";

/**
 * Reads a file that an option names.
 *
 * @param option what to call the option in an error
 * @throws RangeError that names the option and the file, when it cannot be read or holds no JSON object
 */
export function readJsonFile(path: string, option: string): Readonly<Record<string, unknown>> {
  const value = parse(read(path, option), path, option);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new RangeError(`${option} ${path}: a JSON object is expected`);
  }
  return value as Record<string, unknown>;
}

function read(path: string, option: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw new RangeError(`${option} ${path}: the file cannot be read (${reason})`, { cause });
  }
}

function parse(text: string, path: string, option: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replaceAll(/\s+/g, " ") : String(cause);
    throw new RangeError(`${option} ${path}: not JSON: ${reason}`, { cause });
  }
}
