import type { FastifyInstance } from "fastify";
import type { Account } from "../accounts/account.ts";
import { homePage } from "./home-page.ts";
import { portrait } from "./portrait.ts";
import { sendPage } from "./send-page.ts";
import { stylesheet } from "./stylesheet.ts";

/** Adds what the sandbox's pages need besides themselves: the home page, the stylesheet, the portraits. */
export function registerPageRoutes(
  app: FastifyInstance,
  {
    origin,
    clients,
    accounts,
  }: {
    origin: () => string;
    clients: readonly { clientId: string; clientSecret: string }[];
    accounts: readonly Account[];
  },
): void {
  app.get("/", (_request, reply) => sendPage(reply, 200, homePage({ origin: origin(), clients, accounts })));
  app.get("/sandbox/pages.css", (_request, reply) => reply.type("text/css; charset=utf-8").send(stylesheet));
  app.get<{ Params: { sub: string } }>("/sandbox/portraits/:sub", (request, reply) => {
    const account = accounts.find(({ sub }) => sub === request.params.sub);
    if (account === undefined) {
      return reply.callNotFound();
    }
    return reply.header("x-content-type-options", "nosniff").type("image/svg+xml").send(portrait(account));
  });
}
