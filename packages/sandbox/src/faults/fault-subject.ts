import type { FastifyRequest } from "fastify";
import type { Authorize } from "../authorize.ts";
import type { UploadSubject } from "../drive/index.ts";

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

/** Where rules look things up. */
export interface FaultSources {
  readonly authorize: Authorize;
  /** The name of a file; null when there is none of this id. */
  readonly nameOf: (fileId: string) => string | null;
  /** What the upload session is about that a request goes to; null when it goes to none. */
  readonly uploadOf: (request: FastifyRequest) => UploadSubject | null;
}

/** What rules can know of a request when only its head is there. */
export function subjectOf(request: FastifyRequest, sources: FaultSources): FaultSubject {
  const { authorize, nameOf, uploadOf } = sources;
  const { kind, batched, fileId: pathFileId } = request.traffic;
  const upload = kind.startsWith("upload.") ? uploadOf(request) : null;
  const fileId = pathFileId ?? upload?.fileId ?? null;
  return {
    kind,
    fileId,
    batched,
    attemptOf: fileId ?? upload?.fileName ?? "",
    isHead: request.method === "HEAD",
    bodyBytes: bodyBytesOf(request),
    fileName: () => (fileId === null ? null : nameOf(fileId)) ?? upload?.fileName ?? null,
    credential: () => {
      const authorization = authorize(request.headers.authorization);
      if (authorization.kind !== "ok") return upload;
      return { email: authorization.account.email, clientId: authorization.clientId };
    },
  };
}

function bodyBytesOf({ headers }: FastifyRequest): number {
  if (headers["transfer-encoding"] !== undefined) return Number.POSITIVE_INFINITY;
  return Number(headers["content-length"] ?? 0);
}
