import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { approveConsent } from "../../consent/approve-consent.ts";
import { ConsentAnswerError } from "../../consent/consent-answer-error.ts";
import { addResource } from "../add-resource.ts";
import type { ControlContext } from "../control-context.ts";
import { conflict, invalidValue } from "../control-error.ts";
import { parseInput } from "../parse-input.ts";
import { requireAccount } from "../require-account.ts";

const AUTHORIZATION_PATH = "/o/oauth2/v2/auth";

const Answer = z.strictObject({
  authorizationUrl: z.url(),
  email: z.exactOptional(z.string()),
  deny: z.exactOptional(z.boolean()),
  untick: z.exactOptional(z.array(z.string())),
  pick: z.exactOptional(z.array(z.string())),
});

/** `/consent`: lets a person answer the consent page (POST), and says where the browser is sent back to. */
export function registerConsent(scope: FastifyInstance, { localOrigin, accounts }: ControlContext): void {
  addResource(scope, "/consent", {
    POST: async ({ body }) => {
      const { authorizationUrl, ...answer } = parseInput(Answer, body);
      if (answer.email !== undefined) requireAccount(accounts, answer.email);
      const redirectTo = await answerConsent({
        ...answer,
        authorizationUrl: ownUrl(localOrigin(), authorizationUrl),
      });
      return { redirectTo };
    },
  });
}

/** The same page at the sandbox's own address: nothing is fetched from anywhere else. */
function ownUrl(origin: string, authorizationUrl: string): URL {
  const { pathname, search } = new URL(authorizationUrl);
  if (pathname !== AUTHORIZATION_PATH) {
    throw invalidValue("authorizationUrl", `not an address of the sandbox's ${AUTHORIZATION_PATH}`);
  }
  return new URL(pathname + search, origin);
}

async function answerConsent(answer: Parameters<typeof approveConsent>[0]): Promise<string> {
  try {
    return (await approveConsent(answer)).href;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw conflict(
      "consent_refused",
      message,
      error instanceof ConsentAnswerError ? error.option : undefined,
    );
  }
}
