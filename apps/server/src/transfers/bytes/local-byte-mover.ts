import type { BlobStore } from "../../blobs/index.ts";
import { type Drive, type DriveAccess, DriveError, type Providers } from "../../drives/index.ts";
import type { ByteMover } from "./byte-mover.ts";
import { receiveBlob } from "./receive-blob.ts";
import { sendBlob } from "./send-blob.ts";

/** Moves bytes in the thread that calls it. What is under way ends by its signal; there is nothing else to stop. */
export function createLocalByteMover(parts: {
  readonly providers: Pick<Providers, "get">;
  readonly blobs: BlobStore;
}): ByteMover {
  const { blobs } = parts;
  const open = (access: DriveAccess): Drive => {
    const found = parts.providers.get(access.provider);
    if (found !== null) return found.openDrive(access.credential, access);
    throw new DriveError("refused", "The provider of the connection is not configured any more.", {
      reason: "unknown_provider",
    });
  };
  return {
    receive: async (task, signal) => receiveBlob({ drive: open(task.access), blobs }, task, signal),
    send: async (task, signal) => sendBlob({ drive: open(task.access), blobs }, task, signal),
    stop: async () => {},
  };
}
