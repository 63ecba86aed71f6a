import { randomBytes } from "node:crypto";
import { compare, type Figure } from "./compare.ts";
import { megabytesPerSecond } from "./measure-calls.ts";
import type { Sending, Target } from "./target.ts";

const UPLOAD_BYTES = 256 * 1024 * 1024;
/** Long enough for one download or upload of each connection, and no second one. */
const ONCE_MS = 1;

/** Downloads of one large file over one and over four connections, and a resumable upload in one request. */
export async function measureLarge(
  { sandbox, floor }: { sandbox: Target; floor: Target },
  { fileId, sizeBytes }: { fileId: string; sizeBytes: number },
): Promise<Figure[]> {
  const download = async (target: Target, places: number, path: string) =>
    megabytesPerSecond(await target.gets(places, () => path, { forMs: ONCE_MS }));
  const figures: Figure[] = [];
  for (const places of [1, 4]) {
    const figure = await compare(
      { name: `download of ${sizeBytes / 1024 ** 3} GiB, ${places} connection(s)`, unit: "MB/s" },
      {
        sandbox: () => download(sandbox, places, `/drive/v3/files/${fileId}?alt=media`),
        floor: () => download(floor, places, `/bytes/${sizeBytes}`),
      },
    );
    figures.push(figure);
  }
  const body = randomBytes(UPLOAD_BYTES);
  const upload = async (target: Target, path: string) =>
    megabytesPerSecond(await target.sends(1, { path, method: "PUT", body }, ONCE_MS));
  figures.push(
    await compare(
      { name: "resumable upload of 256 MiB in one PUT", unit: "MB/s" },
      {
        sandbox: async () => await upload(sandbox, await sessionOf(sandbox)),
        floor: () => upload(floor, "/"),
      },
    ),
  );
  return figures;
}

async function sessionOf(sandbox: Target): Promise<string> {
  const start: Sending = {
    path: "/upload/drive/v3/files?uploadType=resumable",
    headers: { "content-type": "application/json" },
    body: Buffer.from(JSON.stringify({ name: "bench.bin" })),
  };
  const { pathname, search } = new URL(String((await sandbox.send(start)).headers.location));
  return pathname + search;
}
