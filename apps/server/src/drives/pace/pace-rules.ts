/** What the kinds of calls cost, in the provider's quota units. */
export interface QuotaCosts {
  /** Metadata of one file, or of the account. */
  readonly read: number;
  /** One page of a listing. */
  readonly list: number;
  /** Opening a file's bytes, or a document in another format. */
  readonly download: number;
  /** Making or changing a file or folder, its upload included. */
  readonly write: number;
  readonly other: number;
}

/** What differs between providers in pace, as data. */
export interface PaceRules {
  readonly costs: QuotaCosts;
  /** Reasons of rate limits that want a pause of ten seconds and more. */
  readonly slowReasons: readonly string[];
  /** Reasons by which the limit of a day on uploads shows. */
  readonly uploadLimitReasons: readonly string[];
}
