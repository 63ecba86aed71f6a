import type { FastifyRequest } from "fastify";
import type { Authorize } from "../authorize.ts";
import type { UploadSubject } from "../drive/index.ts";
import type { FaultSubject } from "./fault-subject.ts";

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
