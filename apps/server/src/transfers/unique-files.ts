/** Each file once, where it is named first and as it is named there. */
export function uniqueFiles<File extends { readonly id: string }>(files: readonly File[]): File[] {
  const byId = new Map<string, File>();
  for (const file of files) if (!byId.has(file.id)) byId.set(file.id, file);
  return [...byId.values()];
}
