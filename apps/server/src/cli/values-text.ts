/** "1 value", "2 values". */
export function valuesText(count: number): string {
  return `${count} ${count === 1 ? "value" : "values"}`;
}
