/** One column: its title and which side its cells stand on. Numbers stand on the right. */
export interface Column {
  readonly title: string;
  readonly side: "left" | "right";
}

/** Sets a table in text: titles, a rule, one line a row; columns two blanks apart and as wide as their widest cell. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => (row[index] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ side }, index) => {
        const cell = cells[index] ?? "";
        const width = widths[index] ?? 0;
        return side === "left" ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return [line(columns.map(({ title }) => title)), rule, ...rows.map(line)].join("\n");
}
