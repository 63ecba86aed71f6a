export * from "./api-keys.ts";
export * from "./connections.ts";
export * from "./errors.ts";
export * from "./ids.ts";
export * from "./library.ts";
export * from "./oauth.ts";
export * from "./session.ts";
export * from "./transfers.ts";
