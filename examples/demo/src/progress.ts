const BAR_WIDTH = 30;
const ERASE_LINE = "\r\u001b[2K";

/** Where progress is shown: a terminal, or whatever the output was sent to. */
export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** `Importing  ██████░░░░  120/200` */
export function progressBar(params: { label: string; done: number; total: number; width: number }): string {
  const { label, done, total, width } = params;
  const filled = total === 0 ? width : Math.floor((width * Math.min(done, total)) / total);
  return `${label}  ${"█".repeat(filled)}${"░".repeat(width - filled)}  ${done}/${total}`;
}

export interface Progress {
  readonly advance: (done: number) => void;
  /** Leaves the line free for what comes next. */
  readonly end: () => void;
}

/** Shows how many of `total` are done: one line that is drawn anew on a terminal, a plain line each quarter elsewhere. */
export function showProgress(params: { output: Output; label: string; total: number }): Progress {
  const { output, label, total } = params;
  const drawn = output.isTTY === true;
  let quarter = 0;
  return {
    advance(done) {
      if (drawn) output.write(`${ERASE_LINE}  ${progressBar({ label, done, total, width: BAR_WIDTH })}`);
      const reached = Math.floor((4 * done) / total);
      if (!drawn && reached > quarter) output.write(`  ${label} ${done}/${total}\n`);
      quarter = Math.max(quarter, reached);
    },
    end() {
      if (drawn) output.write(ERASE_LINE);
    },
  };
}
