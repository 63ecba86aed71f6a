export * from "./clock.ts";
export * from "./errors.ts";
export * from "./ids.ts";
export * from "./is-loopback.ts";
export * from "./keyring.ts";
export * from "./log.ts";
export * from "./secrets.ts";
