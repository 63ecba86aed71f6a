import { randomBytes } from "node:crypto";
import type { Command } from "./command.ts";
import { CommandError } from "./command-error.ts";

const KEY_BYTES = 32;

/** Makes a new entry for ENCRYPTION_KEYS. The only command that prints a secret, since that is what it is for. */
export const keysGenerate: Command = {
  name: "keys generate",
  summary: "makes a new key and prints its entry for ENCRYPTION_KEYS",
  options: { id: { type: "string" } },
  optionLines: ["  --id ID  its name: 1 to 32 letters, digits, - and _; made up when left out"],
  run({ options }) {
    const id = typeof options.id === "string" ? options.id : `k-${randomBytes(4).toString("hex")}`;
    if (!/^[A-Za-z0-9_-]{1,32}$/.test(id)) {
      throw new CommandError("The id of a key has 1 to 32 letters, digits, - and _.", 2);
    }
    const entry = `${id}:${randomBytes(KEY_BYTES).toString("base64")}`;
    return Promise.resolve({ text: entry, json: { id, entry }, exitCode: 0 });
  },
};
