import type { GeneratedLibrary } from "../generated/index.ts";
import type { LibraryName } from "../seed/index.ts";

/** What a state begins with. */
export interface StateBeginning {
  readonly library: LibraryName;
  readonly seed: number;
  /** Files for the first account besides the library; null for none. */
  readonly generated: GeneratedLibrary | null;
  /** When it begins, in ms since the epoch. */
  readonly nowMs: number;
}
