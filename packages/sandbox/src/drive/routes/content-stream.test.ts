import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { ContentStream } from "./content-stream.ts";

describe("a stream of content", () => {
  it("gives all pieces in order", async () => {
    const pieces = [Buffer.from("one"), Buffer.alloc(300_000, "two"), Buffer.from("three")];
    const read: Uint8Array[] = [];
    for await (const piece of new ContentStream(pieces)) read.push(piece as Uint8Array);
    expect(Buffer.concat(read).equals(Buffer.concat(pieces))).toBe(true);
  });

  it("takes no more pieces than there is room for", async () => {
    let taken = 0;
    function* endless(): Generator<Uint8Array> {
      for (;;) {
        taken += 1;
        yield Buffer.alloc(256 * 1024);
      }
    }
    const stream = new ContentStream(endless());
    await once(stream, "readable");
    expect(taken).toBeLessThan(4);
    stream.destroy();
  });

  it("lets go of the content when it is broken off", async () => {
    let isLetGo = false;
    function* held(): Generator<Uint8Array> {
      try {
        for (;;) yield Buffer.alloc(1000);
      } finally {
        isLetGo = true;
      }
    }
    const stream = new ContentStream(held());
    await once(stream, "readable");
    stream.destroy();
    await once(stream, "close");
    expect(isLetGo).toBe(true);
  });

  it("ends with the error that reading the content throws", async () => {
    function* failing(): Generator<Uint8Array> {
      yield Buffer.alloc(1);
      throw new Error("the disk is gone");
    }
    const stream = new ContentStream(failing());
    const reading = async () => {
      for await (const piece of stream) expect(piece).toHaveLength(1);
    };
    await expect(reading()).rejects.toThrow("the disk is gone");
  });
});
