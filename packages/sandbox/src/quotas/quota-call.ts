import { unitCostOf } from "./unit-costs.ts";

/** On whose account a call goes. */
export interface QuotaParty {
  /** The account's subject identifier. */
  readonly sub: string;
  readonly email: string;
  readonly clientId: string;
}

/** A call, as far as quotas are concerned. */
export interface QuotaCall {
  /** As in the request log. */
  readonly kind: string;
  readonly units: number;
  /** Makes a file. */
  readonly creates: boolean;
  /** Brings bytes to an account. */
  readonly uploads: boolean;
  /** Takes bytes of files. */
  readonly downloads: boolean;
}

const UPLOADS = new Set(["upload.media", "upload.multipart", "upload.resumable.start"]);
const CREATIONS = new Set([...UPLOADS, "files.create", "files.copy"]);
const DOWNLOADS = new Set(["files.get.media", "files.export"]);

/** What a request is to quotas. An upload makes a file when it is sent by POST, and changes one by PATCH. */
export function quotaCallOf({ kind, method }: { kind: string; method: string }): QuotaCall {
  return {
    kind,
    units: unitCostOf(kind),
    creates: method === "POST" && CREATIONS.has(kind),
    uploads: UPLOADS.has(kind) || kind === "files.copy",
    downloads: DOWNLOADS.has(kind),
  };
}
