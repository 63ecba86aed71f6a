/** How much the Drives hold at the start: nothing, some 70 small files, or some 330 with up to 12 megapixels. */
export type LibraryName = "none" | "small" | "full";
