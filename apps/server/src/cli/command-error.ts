/** Why a command cannot do its work. The message is a sentence for the operator. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  /** 1: the work failed or something is left to do · 2: the command line is wrong. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
