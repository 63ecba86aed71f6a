import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { sessionCookieName } from "../../identity/index.ts";
import type { ApiServer } from "../api-server.ts";

/** The credentials that an operation takes, any one of them; each is described in the document. */
export const SECURITY_SCHEMES = ["apiKey", "jwt", "session"] as const;

/** The page's own files, and the API that it tries out. The plugin's own policy would allow any https host's styles and fonts. */
const DOCS_POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "script-src 'self'",
  // One hidden picture in it has its style in an attribute; this one text is allowed there, and no other.
  "style-src 'self' 'unsafe-hashes' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='",
].join("; ");

/** Generates OpenAPI 3.1 from the very schemas that check requests and replies. Register before the routes. */
export async function registerOpenapi(
  app: ApiServer,
  params: { publicUrl: string; version: string },
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Driveway",
        version: params.version,
        description: "Connect cloud drives, import images from them, export images into them.",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      servers: [{ url: params.publicUrl }],
      components: {
        securitySchemes: {
          apiKey: {
            type: "http",
            scheme: "bearer",
            bearerFormat: "dw_…",
            description:
              "An API key, for servers. It acts for the user who made it, with the scopes that it was given, " +
              "and never with more than its user has.",
          },
          jwt: {
            type: "http",
            scheme: "bearer",
            bearerFormat: "JWT",
            description:
              "A token of the host application, signed by it, where the operator configured that. `sub` is the user, " +
              "`tenant_id` the tenant (or the claim that is configured), `scope` the space separated scopes.",
          },
          session: {
            type: "apiKey",
            in: "cookie",
            name: sessionCookieName(params.publicUrl),
            description:
              "A signed-in browser of the console. Changes are taken from pages of ALLOWED_ORIGINS alone.",
          },
        },
      },
      security: SECURITY_SCHEMES.map((scheme) => ({ [scheme]: [] })),
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
}

/** Serves `/openapi.json` and the page `/docs`. Register after the routes. */
export async function registerDocsPage(app: ApiServer): Promise<void> {
  app.get("/openapi.json", { config: { access: "public", isUncounted: true }, schema: { hide: true } }, () =>
    app.swagger(),
  );
  await app.register(async (docs) => {
    docs.addHook("onRoute", (route) => {
      route.config = { ...route.config, access: "public", isUncounted: true };
    });
    await docs.register(swaggerUi, {
      routePrefix: "/docs",
      staticCSP: DOCS_POLICY,
      uiConfig: { persistAuthorization: false, tryItOutEnabled: true },
      theme: { title: "Driveway API" },
    });
  });
}
