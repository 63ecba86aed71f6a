import type { Fault } from "./fault.ts";

/**
 * Which of a file's requests are meant, counted from 1: one, several, or a stretch with both its ends, either of which
 * may be left out.
 */
export type Attempts =
  | number
  | readonly number[]
  | {
      /** The first of them; 1 when left out. */
      readonly from?: number | undefined;
      /** The last of them; without an end when left out. */
      readonly to?: number | undefined;
    };

/** Which requests meet which fault. All conditions that are there must hold. */
export interface FaultRule {
  /** Kinds of requests as the log has them; a star at the end stands for any end ("files.*"), alone for everything. */
  readonly route: string | readonly string[];
  /** Only requests that name this file in their path, or go to an upload session for it. */
  readonly file?: string | undefined;
  /** The file is made later on, so that it need not be there yet; false when left out. */
  readonly fileMayAppear?: boolean | undefined;
  /**
   * Only requests about files of this name; a star at the beginning or the end stands for anything. Of uploads, the
   * chunks of resumable ones: the name of a new file stands in the body of the others, which is read too late.
   */
  readonly name?: string | undefined;
  /**
   * Only requests with the access token of this person, who has an account, and chunks of an upload that was started with
   * one. The codes and refresh tokens that `oauth.token` takes are none: they stand in the body, which is read too late.
   */
  readonly email?: string | undefined;
  /** The same for the client, one of the sandbox, that a token was issued to. */
  readonly clientId?: string | undefined;
  /**
   * Only these attempts. They are counted by route and file; those that name no file, by route alone. Chunks count for
   * the id that the upload's start reserved, or else for the name that it gave. A request to which none of the faults
   * can happen is no attempt.
   */
  readonly attempt?: Attempts | undefined;
  /** Only every so many of the requests that the conditions above leave, in the order in which they come. */
  readonly every?: number | undefined;
  /** Only this share of them, drawn from the seed by file and attempt, so that interleaving does not matter. */
  readonly probability?: number | undefined;
  /** At most so often in all. A fault that turned out to have no effect does not count. */
  readonly times?: number | undefined;
  /**
   * Several are drawn from, by the seed: those that can happen to the request. A fault passes over requests to which it
   * cannot happen: those within a batch, unless it is an answer or a wait, those without a body when it is the body's,
   * and HEAD when it is that of the answer's body. What shows only when the answer is there, that it has no body or
   * ends before the byte in question, makes the fault no hit: it is not logged, and the request goes by as it is.
   */
  readonly fault: Fault | readonly Fault[];
}
