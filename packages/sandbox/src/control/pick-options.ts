/** For which application files are picked. */
export interface PickOptions {
  /** The sandbox's client when left out. */
  readonly clientId?: string;
}
