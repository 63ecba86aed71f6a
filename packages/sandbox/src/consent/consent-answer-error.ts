/** An answer that nobody could have given on the pages that the sandbox showed. */
export class ConsentAnswerError extends Error {
  /** The part of the answer that is at fault. */
  readonly option: "email" | "deny" | "untick" | "pick";

  constructor(option: ConsentAnswerError["option"], message: string) {
    super(`${option}: ${message}`);
    this.name = "ConsentAnswerError";
    this.option = option;
  }
}
