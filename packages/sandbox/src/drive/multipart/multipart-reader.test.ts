import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MultipartReader } from "./multipart-reader.ts";

async function* inPieces(body: Buffer, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.byteLength; at += pieceBytes) yield body.subarray(at, at + pieceBytes);
}

async function readParts(reader: MultipartReader): Promise<string[]> {
  const parts: string[] = [];
  while ((await reader.nextPart()) !== null) parts.push((await reader.wholeBody()).toString());
  return parts;
}

describe("a multipart body", () => {
  it("comes apart the same in whatever pieces it arrives, with all that looks like a boundary in it", async () => {
    const unit = fc.constantFrom("\r", "\n", "-", "b", "--b", "--bb", "\r\n--bc", "x", " ");
    const part = fc.string({ unit }).filter((text) => !/(^|\r\n)--b(--|\r\n|[ \t])/.test(`${text}\r\n`));
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { minLength: 1 }),
        fc.integer({ min: 1, max: 40 }),
        async (parts, pieceBytes) => {
          const body = `${parts.map((text) => `--b\r\nA: 1\r\n\r\n${text}\r\n`).join("")}--b--\r\n`;
          const reader = new MultipartReader(inPieces(Buffer.from(body), pieceBytes), "b");
          expect(await readParts(reader)).toEqual(parts);
        },
      ),
    );
  });

  it("is refused when it ends before its end", async () => {
    const body = "--b\r\nA: 1\r\n\r\ntext\r\n--b--";
    for (let length = 0; length < body.length - 2; length += 1) {
      const reader = new MultipartReader(inPieces(Buffer.from(body.slice(0, length)), 7), "b");
      await expect(readParts(reader)).rejects.toThrow("Malformed multipart body.");
    }
  });
});
