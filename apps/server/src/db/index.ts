export { acrossTenants } from "./across-tenants.ts";
export { connectDatabase, type Database, type Queryable, type Transaction } from "./connect.ts";
export * from "./embedded/index.ts";
export { migrate } from "./migrate.ts";
export { migrationState } from "./migration-state.ts";
export { MigrationError } from "./migration-error.ts";
export { createNotifications, type Notifications } from "./notifications.ts";
export * from "./schema.ts";
export * from "./sealing/index.ts";
