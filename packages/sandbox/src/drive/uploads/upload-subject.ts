import type { FastifyRequest } from "fastify";
import type { UploadSessions } from "./upload-sessions.ts";

/** What an upload session is about, as its start said. */
export interface UploadSubject {
  /** The file that gets a new revision, or the id reserved for a new file; null when neither was told. */
  readonly fileId: string | null;
  /** The name that the start gave the file; null when it gave none. */
  readonly fileName: string | null;
  readonly email: string;
  readonly clientId: string;
}

/** Says what the session is about that a request's address names; null when it names none that there is. */
export function uploadSubjectOf(sessions: UploadSessions, { query }: FastifyRequest): UploadSubject | null {
  const { upload_id: uploadId, session_crd: sessionCredential = "" } = query as Record<string, unknown>;
  if (typeof uploadId !== "string" || typeof sessionCredential !== "string") return null;
  const session = sessions.find({ uploadId, sessionCredential });
  if (session === null) return null;
  const { caller, target } = session;
  return {
    fileId: (target.kind === "change" ? target.fileId : target.body.id) ?? null,
    fileName: target.body.name ?? null,
    email: caller.account.email,
    clientId: caller.clientId,
  };
}
