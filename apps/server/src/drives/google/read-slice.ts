import type { Upload } from "../drive.ts";

/** Reads exactly the bytes `[from, to)` of what is uploaded, or fewer when it ends early, and closes it. */
export async function* readSlice(upload: Upload, from: number, to: number): AsyncGenerator<Buffer> {
  let left = to - from;
  if (left === 0) return;
  const source = await upload.open(from);
  try {
    for await (const part of source as AsyncIterable<Buffer>) {
      yield part.length > left ? part.subarray(0, left) : part;
      left -= part.length;
      if (left <= 0) return;
    }
  } finally {
    source.destroy();
  }
}
