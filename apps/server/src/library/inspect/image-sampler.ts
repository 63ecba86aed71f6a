/** Bytes kept from the start of a file: enough for the structure and the EXIF of nearly every picture. */
const HEADER_BYTES = 256 * 1024;
/** Bytes kept from the end, where TIFF has its directory and WebP its EXIF. */
const TAIL_BYTES = 128 * 1024;
/** More pieces than this are put together into one, so that a file in tiny chunks is no burden. */
const MOST_PIECES = 256;

/** What was kept of a file while it streamed by: its start, and as much of its end as does not overlap with it. */
export interface ImageSample {
  readonly header: Buffer;
  readonly tail: Buffer;
  readonly sizeBytes: number;
}

/** Keeps the start and the end of a file that streams by, so that a picture is described without being read again. */
export interface ImageSampler {
  /** Sees the next chunk. It is held, not copied: its bytes must not change afterwards. */
  take(chunk: Buffer): void;
  /** What was kept of all chunks seen so far. */
  sample(): ImageSample;
}

/** Makes a sampler for one file. It holds half a MiB at most, whatever the file's size. */
export function createImageSampler(): ImageSampler {
  const header: Buffer[] = [];
  const tail: Buffer[] = [];
  let sizeBytes = 0;
  let tailBytes = 0;

  function keepEnd(chunk: Buffer): void {
    keep(tail, chunk);
    tailBytes += chunk.length;
    for (
      let first = tail[0];
      first !== undefined && tailBytes - first.length >= TAIL_BYTES;
      first = tail[0]
    ) {
      tailBytes -= first.length;
      tail.shift();
    }
  }

  return {
    take(chunk) {
      const missing = Math.max(0, HEADER_BYTES - sizeBytes);
      sizeBytes += chunk.length;
      if (missing > 0) keep(header, chunk.subarray(0, missing));
      if (chunk.length > missing) keepEnd(chunk.subarray(missing));
    },
    sample() {
      const end = Buffer.concat(tail);
      const tailStart = Math.max(0, end.length - TAIL_BYTES);
      return { header: Buffer.concat(header), tail: end.subarray(tailStart), sizeBytes };
    },
  };
}

function keep(pieces: Buffer[], piece: Buffer): void {
  pieces.push(piece);
  if (pieces.length > MOST_PIECES) pieces.splice(0, pieces.length, Buffer.concat(pieces));
}
