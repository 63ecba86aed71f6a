export type { LibraryName } from "./library-name.ts";
export { seedLibrary } from "./seed-library.ts";
