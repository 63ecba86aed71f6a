export type { ControlContext } from "./control-context.ts";
export { NotThereError } from "./not-there-error.ts";
export { pickFiles } from "./pick-files.ts";
export { registerControlRoutes } from "./register-control-routes.ts";
