import { finished } from "node:stream/promises";
import type { BlobStore, StagedBlob } from "../../blobs/index.ts";
import type { DriveFile } from "../../drives/index.ts";
import { createIntake, type Intake } from "./intake.ts";

/** Where the bytes of a file gather, however many connections they come on. */
export interface ReceivingPlace {
  readonly intake: Intake;
  /** The staged blob, begun when it is first asked for. */
  stage(): Promise<StagedBlob>;
  /** Forgets what has come. */
  beginAnew(): Promise<void>;
  /** Waits until the store has taken every byte. */
  finish(): Promise<StagedBlob>;
  /** Gives the place back, unless the blob was committed. */
  discard(): Promise<void>;
}

/** Makes a place for one file. Nothing is in the store before {@link ReceivingPlace.stage}. */
export function createReceivingPlace(
  blobs: BlobStore,
  wanted: { readonly blobKey: string; readonly file: DriveFile },
): ReceivingPlace {
  let intake = createIntake(wanted.file);
  let staged: StagedBlob | null = null;

  async function stage(): Promise<StagedBlob> {
    if (staged !== null) return staged;
    staged = await blobs.stage(wanted.blobKey);
    // Between two connections nobody listens; whoever writes next finds the fault.
    staged.stream.on("error", () => {});
    return staged;
  }
  async function discard(): Promise<void> {
    await staged?.discard();
  }
  return {
    get intake() {
      return intake;
    },
    stage,
    async beginAnew() {
      await discard();
      staged = null;
      intake = createIntake(wanted.file);
    },
    async finish() {
      const { stream, ...rest } = await stage();
      stream.end();
      await finished(stream);
      return { stream, ...rest };
    },
    discard,
  };
}
