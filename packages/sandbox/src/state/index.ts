export { holdInMemory } from "./hold-in-memory.ts";
export { keepOnDisk } from "./keep-on-disk.ts";
