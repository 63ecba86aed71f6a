/**
 * A refusal in the flat OAuth shape (`error`, `error_description`), as Google's token, revocation and token
 * information endpoints send it. The Drive API has its own, nested shape.
 */
export class OAuthError extends Error {
  readonly status: number;
  readonly error: string;

  constructor({ status, error, description }: { status: number; error: string; description: string }) {
    super(description);
    this.name = "OAuthError";
    this.status = status;
    this.error = error;
  }
}
