export { findRepetition, type Repetition } from "./find-repetition.ts";
export { keepKey } from "./keep-key.ts";
export { type KeyOwner, KeyTakenError, type Repeatable } from "./repeatable.ts";
export { settleKey } from "./settle-key.ts";
