import type { Readable } from "node:stream";
import { DriveError } from "../drive.ts";

/**
 * Reads a whole body, up to a bound.
 * @throws {DriveError} `refused` with reason `answer_too_large`
 */
export async function readBody(body: Readable, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    sizeBytes += part.length;
    if (sizeBytes > maxBytes) {
      throw new DriveError("refused", "Google's answer is too large. Ask for less at a time.", {
        reason: "answer_too_large",
      });
    }
    parts.push(part);
  }
  return Buffer.concat(parts, sizeBytes);
}
