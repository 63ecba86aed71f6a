export { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres.ts";
export { EmbeddedPostgresError, type EmbeddedPostgresErrorCode } from "./embedded-postgres-error.ts";
