export { addGeneratedLibrary, findGeneratedFolder } from "./add-generated-library.ts";
export { generatedContent } from "./generated-content.ts";
export {
  type GeneratedLibrary,
  generatedLibraryOf,
} from "./generated-library.ts";
export { type Recipe, RecipeContent } from "./recipe-content.ts";
