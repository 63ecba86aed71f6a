import { PrincipalReply, SessionReply, SignInRequest, SignOutReply } from "@driveway/contract";
import type { Identity } from "../../identity/index.ts";
import type { ApiServer } from "../api-server.ts";
import { principalOf } from "../principal-of.ts";
import { presentPrincipal, presentSession } from "./present-session.ts";

const tags = ["Session"];

/** Signing in and out of the console, and who is asking. Of the sign-in library's paths these three exist, and no other. */
export function sessionRoutes(app: ApiServer, parts: { identity: Identity }): void {
  signInRoute(app, parts.identity);
  signOutRoute(app, parts.identity);
  getSessionRoute(app, parts.identity);
  getPrincipalRoute(app, parts.identity);
}

function signInRoute(app: ApiServer, identity: Identity): void {
  const schema = {
    tags,
    operationId: "signIn",
    summary: "Sign in with e-mail address and password; sets the session's cookie",
    body: SignInRequest,
    response: { 200: SessionReply },
  };
  app.post("/api/auth/sign-in/email", { schema }, async (request, reply) => {
    const { origin, "user-agent": userAgent = "" } = request.headers;
    const client = { address: request.ip, requestId: request.id, userAgent };
    const { session, setCookies } = await identity.signIn({ ...request.body, client, origin });
    return reply.header("set-cookie", setCookies).send(presentSession(session));
  });
}

function signOutRoute(app: ApiServer, identity: Identity): void {
  const schema = {
    tags,
    operationId: "signOut",
    summary: "End the session and forget its cookie",
    response: { 200: SignOutReply },
  };
  app.post("/api/auth/sign-out", { schema }, async (request, reply) => {
    const { cookie: cookieHeader, origin, "sec-fetch-site": site } = request.headers;
    const fetchSite = typeof site === "string" ? site : undefined;
    const client = { address: request.ip, requestId: request.id };
    const setCookies = await identity.signOut({ cookieHeader, origin, fetchSite, client });
    return reply.header("set-cookie", setCookies).send({ success: true as const });
  });
}

function getSessionRoute(app: ApiServer, identity: Identity): void {
  const schema = {
    tags,
    operationId: "getSession",
    summary: "The session of this browser, if it has one; prolongs it",
    response: { 200: SessionReply },
  };
  app.get("/api/auth/get-session", { schema }, async (request, reply) => {
    const { session, setCookies } = await identity.readSession({ cookieHeader: request.headers.cookie });
    return reply.header("set-cookie", setCookies).send(presentSession(session));
  });
}

function getPrincipalRoute(app: ApiServer, identity: Identity): void {
  const schema = {
    tags,
    operationId: "getPrincipal",
    summary: "Who is asking: user, workspace and scopes",
    response: { 200: PrincipalReply },
  };
  // The narrowest scope there is: whoever may do anything may ask who they are.
  app.get("/api/v2/me", { schema }, async (request) =>
    presentPrincipal(await identity.describePrincipal(principalOf(request))),
  );
}
