export { holdInMemory } from "./hold-in-memory.ts";
export { keepOnDisk } from "./keep-on-disk.ts";
export type { SandboxState } from "./sandbox-state.ts";
