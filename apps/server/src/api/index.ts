export type { ApiServer } from "./api-server.ts";
export { buildServer } from "./build-server.ts";
export { type RouteParts, registerRoutes } from "./register-routes.ts";
