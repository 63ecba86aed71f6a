import { DrivewayError } from "../../platform/index.ts";

/** A fault of the file system as the caller may know it; path and errno are in the cause, for the log. */
export function storageFault(cause: unknown): DrivewayError {
  if (cause instanceof DrivewayError) return cause;
  return new DrivewayError("storage_unavailable", "The storage of images cannot be read or written now.", {
    cause,
  });
}

/** Runs work on the file system and turns its faults into `storage_unavailable`. */
export async function asStorageFault<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    throw storageFault(cause);
  }
}

/** Whether the fault says that there is no such file. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
