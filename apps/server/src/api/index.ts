export type { ApiServer } from "./api-server.ts";
export { buildServer } from "./build-server.ts";
export { registerRoutes } from "./register-routes.ts";
