import type { Bucket } from "./bucket.ts";
import type { UploadFacts, UploadGate, UploadNews } from "./decide-upload-limit.ts";
import type { SlidingGrants } from "./sliding-grants.ts";

/** Units a minute; null where nothing is counted. */
export interface PaceQuotas {
  readonly userUnitsPerMinute: number | null;
  readonly projectUnitsPerMinute: number | null;
}

/** Units, by what they are for: interactive and small work, bulk work that may hurry, other bulk work. */
export interface ByPool {
  readonly quick: number;
  readonly burst: number;
  readonly bulk: number;
}

/** What a node tells of one account, and what it wants for it. */
export interface AccountAsk {
  readonly key: string;
  /** Units spent since it told last. */
  readonly spent: number;
  /** Units that it does not need after all, by what they were given for. */
  readonly returned: ByPool;
  /** Units for interactive and small work. */
  readonly quick: number;
  /** Units for bulk work that needs no more than `burstLeft` to its end, and so may hurry. */
  readonly burst: number;
  readonly burstLeft: number;
  /** Units for other bulk work. */
  readonly bulk: number;
  /** How long the provider wants the account to be left alone, from now. */
  readonly blockForMs: number;
  readonly uploads: UploadNews;
  readonly wantsUpload: boolean;
}

/** What a node gets for one account. */
export interface AccountGrant {
  readonly key: string;
  /** False when the time of what it held had run out: it holds what is granted here, and nothing else. */
  readonly kept: boolean;
  readonly quick: number;
  readonly burst: number;
  readonly bulk: number;
  /** How many units a piece of bulk work may need to its end, to hurry. */
  readonly room: number;
  readonly blockedForMs: number;
  readonly uploads: UploadGate;
}

/** One node's question to what all nodes share. */
export interface PaceAsk {
  /** The node's name; a new one after each question whose answer was lost. */
  readonly holder: string;
  readonly project: string;
  readonly quotas: PaceQuotas;
  readonly accounts: readonly AccountAsk[];
}

/** What all nodes know of one account together. */
export interface AccountState {
  readonly grants: SlidingGrants;
  readonly quick: Bucket;
  readonly line: Bucket;
  readonly blockedUntilMs: number;
  readonly uploads: UploadFacts;
}

/** What all nodes know of all accounts of one OAuth client together. */
export interface ProjectState {
  readonly grants: SlidingGrants;
  readonly quick: Bucket;
  readonly line: Bucket;
  /** By account that does bulk work: its fair part of the line, as far as it has not been used. */
  readonly credits: Readonly<Record<string, Bucket & { readonly seenMs: number }>>;
}

/** The states that a question is about; what is missing is new. */
export interface PaceStates {
  readonly project: ProjectState | null;
  readonly accounts: ReadonlyMap<string, Partial<AccountState>>;
}

/** Where all nodes share what they know. */
export interface PaceStore {
  /** Answers in the order asked. Questions of one project are answered one after the other. */
  exchange(ask: PaceAsk): Promise<readonly AccountGrant[]>;
}
