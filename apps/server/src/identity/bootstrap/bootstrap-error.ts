/** A setting of the first user or key that cannot be followed. Its message is for the operator. */
export class BootstrapError extends Error {
  override readonly name = "BootstrapError";
}
