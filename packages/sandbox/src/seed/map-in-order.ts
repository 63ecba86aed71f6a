/**
 * Works through items, a few at a time, and gives the results in the order of the items.
 *
 * @param atOnce how many may be under way together
 */
export async function mapInOrder<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const remaining = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of remaining) {
      results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}
