export type { ApiServer } from "./api-server.ts";
export { buildServer } from "./build-server.ts";
export type { SocketLimits } from "./edge/socket-limits.ts";
export { type RouteParts, registerRoutes } from "./register-routes.ts";
