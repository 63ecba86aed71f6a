export { type LibraryName, seedLibrary } from "./seed-library.ts";
