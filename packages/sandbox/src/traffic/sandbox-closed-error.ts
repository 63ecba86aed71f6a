/** The sandbox closed before enough matching requests came; no more will. */
export class SandboxClosedError extends Error {
  constructor() {
    super("The sandbox closed before enough requests came");
    this.name = "SandboxClosedError";
  }
}
