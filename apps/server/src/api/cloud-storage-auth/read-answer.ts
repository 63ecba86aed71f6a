import type { CallbackQuery } from "@driveway/contract";
import type { FastifyRequest } from "fastify";

/** What the provider said, from an address or as the callback page passes it on. An empty parameter says nothing. */
export function readAnswer(request: FastifyRequest, provider: string, answer: CallbackQuery) {
  return {
    provider,
    state: said(answer.state),
    code: said(answer.code),
    error: said(answer.error),
    errorDescription: said(answer.error_description),
    issuer: answer.iss ?? null,
    client: { address: request.ip, requestId: request.id },
  };
}

function said(text: string | undefined): string | null {
  return text === undefined || text === "" ? null : text;
}
