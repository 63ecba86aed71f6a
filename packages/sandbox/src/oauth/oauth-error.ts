/**
 * A refusal in the flat OAuth shape (`error`, `error_description`, rarely `error_subtype`), as Google's token,
 * revocation and token information endpoints send it. The Drive API has its own, nested shape.
 */
export class OAuthError extends Error {
  readonly status: number;
  readonly error: string;
  /** Says more about `invalid_grant`; null in nearly all cases. */
  readonly subtype: string | null;

  constructor({
    status,
    error,
    description,
    subtype = null,
  }: { status: number; error: string; description: string; subtype?: string | null }) {
    super(description);
    this.name = "OAuthError";
    this.status = status;
    this.error = error;
    this.subtype = subtype;
  }

  /** The body as it is sent. */
  toBody(): Record<string, string> {
    const { error, subtype, message } = this;
    return {
      error,
      ...(message !== "" && { error_description: message }),
      ...(subtype !== null && { error_subtype: subtype }),
    };
  }
}
