import { FinishAuthInPopupRequest, OauthCompleteMessage, ProviderPath } from "@driveway/contract";
import type { FastifyRequest } from "fastify";
import type { Connections } from "../../connections/index.ts";
import { DrivewayError } from "../../platform/index.ts";
import type { ApiServer } from "../api-server.ts";
import { presentOutcome } from "./present-attempt.ts";
import { readAnswer } from "./read-answer.ts";

const PATH = "/api/v2/cloud-storage/auth/:provider/callback/popup";

/** Where the callback page, which runs at the public address, sends the secret that its opener gave it. */
export function popupAddress(publicUrl: string, provider: string): string {
  return `${publicUrl}${PATH.replace(":provider", encodeURIComponent(provider))}`;
}

/**
 * Ends an attempt for the callback page whose opener gave it the secret. Nobody is signed in here: the secret says who may. Only
 * our own page has a reason to come, so any other origin is refused, and one that is not named too.
 */
export function popupRoute(
  app: ApiServer,
  { connections, publicUrl }: { readonly connections: Connections; readonly publicUrl: string },
): void {
  const schema = {
    tags: ["OAuth"],
    operationId: "finishAuthInPopup",
    summary: "Finish to connect an account with the secret that the callback page got from its opener",
    params: ProviderPath,
    body: FinishAuthInPopupRequest,
    response: { 200: OauthCompleteMessage },
  };
  const ownOrigin = new URL(publicUrl).origin;
  const onRequest = async (request: FastifyRequest) => {
    if (request.headers.origin === ownOrigin) return;
    throw new DrivewayError("origin_not_allowed", "Only the callback page may finish a sign-in like this.");
  };
  app.post(PATH, { schema, onRequest }, async (request) => {
    const { attempt_secret: attemptSecret, ...answer } = request.body;
    const callback = readAnswer(request, request.params.provider, answer);
    return presentOutcome(await connections.finishInPopup({ ...callback, attemptSecret }));
  });
}
