import { join } from "node:path";

/** Where things lie in a directory that holds a whole state. */
export function statePaths(directory: string): { journal: string; bytes: string } {
  return { journal: join(directory, "journal.jsonl"), bytes: join(directory, "bytes") };
}
