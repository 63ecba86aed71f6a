/** What a rule looks at. What takes looking up is asked for only by rules that need it. */
export interface FaultSubject {
  /** As in the request log. */
  readonly kind: string;
  /** The file that the path names, or that an upload session is for. */
  readonly fileId: string | null;
  /** The file that attempts are counted for: its id, or its name as long as it has none; empty when there is neither. */
  readonly attemptOf: string;
  readonly batched: boolean;
  /** A HEAD: its answer has no body. */
  readonly isHead: boolean;
  /** How long the request's body is; 0 for none, Infinity where only its end tells. */
  readonly bodyBytes: number;
  readonly fileName: () => string | null;
  readonly credential: () => { readonly email: string; readonly clientId: string } | null;
}
