import { randomBytes } from "node:crypto";
import { compare, type Figure } from "./compare.ts";
import type { Sending, Target } from "./target.ts";

const IN_FLIGHT = 32;
const FILE_BYTES = 200_000;
const MEGABYTE = 1_000_000;
const FIELDS = "id,name,mimeType,size,md5Checksum,modifiedTime,parents";
/** As long as what the sandbox answers to the fields above. */
const ANSWER_BYTES = 300;
const CALLS_PER_BATCH = 100;
const BATCHES_IN_FLIGHT = 4;
const UPLOADS_IN_FLIGHT = 8;

/** Calls of one file each: metadata, batches of them, downloads and uploads of 200 kB. */
export async function measureCalls(
  { sandbox, floor }: { sandbox: Target; floor: Target },
  fileIds: readonly string[],
): Promise<Figure[]> {
  const idAt = (number: number) => fileIds[number % fileIds.length] ?? "";
  const metadataAt = (number: number) => `/drive/v3/files/${idAt(number)}?fields=${FIELDS}`;
  const mediaAt = (number: number) => `/drive/v3/files/${idAt(number)}?alt=media`;
  const plain = async () => perSecond(await floor.gets(IN_FLIGHT, () => `/json/${ANSWER_BYTES}`));
  const bytes = async () => await floor.gets(IN_FLIGHT, () => `/bytes/${FILE_BYTES}`);
  const batch = batchOf(metadataAt);
  const upload = multipartUpload();
  return [
    await compare(
      { name: "files.get of metadata, 32 in flight", unit: "requests/s" },
      { sandbox: async () => perSecond(await sandbox.gets(IN_FLIGHT, metadataAt)), floor: plain },
    ),
    await compare(
      { name: "files.get within batches of 100, 4 in flight; floor: single requests", unit: "calls/s" },
      {
        sandbox: async () => CALLS_PER_BATCH * perSecond(await sandbox.sends(BATCHES_IN_FLIGHT, batch)),
        floor: plain,
      },
    ),
    await compare(
      { name: "downloads of 200 kB, 32 in flight", unit: "files/s" },
      {
        sandbox: async () => perSecond(await sandbox.gets(IN_FLIGHT, mediaAt)),
        floor: async () => perSecond(await bytes()),
      },
    ),
    await compare(
      { name: "downloads of 200 kB, 32 in flight", unit: "MB/s" },
      {
        sandbox: async () => megabytesPerSecond(await sandbox.gets(IN_FLIGHT, mediaAt)),
        floor: async () => megabytesPerSecond(await bytes()),
      },
    ),
    await compare(
      { name: "multipart uploads of 200 kB, 8 in flight", unit: "MB/s" },
      {
        sandbox: async () => megabytesPerSecond(await sandbox.sends(UPLOADS_IN_FLIGHT, upload)),
        floor: async () => megabytesPerSecond(await floor.sends(UPLOADS_IN_FLIGHT, upload)),
      },
    ),
  ];
}

interface Rate {
  readonly times: number;
  readonly amount: number;
  readonly seconds: number;
}

function perSecond({ times, seconds }: Rate): number {
  return times / seconds;
}

/** Of 1,000,000 bytes each. */
export function megabytesPerSecond({ amount, seconds }: Rate): number {
  return amount / MEGABYTE / seconds;
}

function batchOf(pathAt: (number: number) => string): Sending {
  const parts = Array.from(
    { length: CALLS_PER_BATCH },
    (_, number) =>
      `--b\r\ncontent-type: application/http\r\ncontent-id: <${number}>\r\n\r\nGET ${pathAt(number)} HTTP/1.1\r\n\r\n\r\n`,
  );
  return {
    path: "/batch/drive/v3",
    headers: { "content-type": "multipart/mixed; boundary=b" },
    body: Buffer.from(`${parts.join("")}--b--\r\n`),
  };
}

function multipartUpload(): Sending {
  const resource = JSON.stringify({ name: "bench.jpg", mimeType: "image/jpeg" });
  const head = `--b\r\ncontent-type: application/json\r\n\r\n${resource}\r\n--b\r\ncontent-type: image/jpeg\r\n\r\n`;
  return {
    path: "/upload/drive/v3/files?uploadType=multipart&fields=id",
    headers: { "content-type": "multipart/related; boundary=b" },
    body: Buffer.concat([Buffer.from(head), randomBytes(FILE_BYTES), Buffer.from("\r\n--b--\r\n")]),
  };
}
