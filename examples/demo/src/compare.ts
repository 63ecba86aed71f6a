import { createHash } from "node:crypto";
import type { UserFile } from "@driveway/contract";
import type { Sandbox } from "@driveway/sandbox";
import type { ApiClient } from "./api-client.ts";
import type { ExportedFile } from "./export-images.ts";
import type { Picture } from "./list-pictures.ts";

const DOWNLOADS_AT_ONCE = 8;

/**
 * Downloads every picture from the library and compares it with the bytes that the Drive holds, by SHA-256.
 * @returns the differences, a line each
 */
export async function compareLibrary(params: {
  api: ApiClient;
  sandbox: Sandbox;
  pictures: readonly Picture[];
  images: readonly UserFile[];
}): Promise<string[]> {
  const { api, sandbox, pictures, images } = params;
  const imageOf = new Map(images.map((image) => [image.source?.file_id, image]));
  const differences: string[] = [];
  if (images.length !== pictures.length) {
    differences.push(`The library holds ${images.length} images instead of ${pictures.length}.`);
  }
  const waiting = pictures.values();
  async function compareNext(): Promise<void> {
    for (const picture of waiting) {
      const image = imageOf.get(picture.id);
      const wanted = digestOf(sandbox.drive.contentOf(picture.id));
      if (image === undefined) differences.push(`${picture.name}: not in the library`);
      else if (wanted !== image.sha256) differences.push(`${picture.name}: another checksum in the library`);
      else if (wanted !== digestOf(await api.download(`/api/v2/user-files/${image.id}/download`))) {
        differences.push(`${picture.name}: other bytes in the library`);
      }
    }
  }
  await Promise.all(Array.from({ length: DOWNLOADS_AT_ONCE }, compareNext));
  return differences;
}

/**
 * Compares the exported files in the Drive with the library's checksums, and looks that there is one new folder with
 * these files and no others.
 * @returns the differences, a line each
 */
export function compareExport(params: {
  sandbox: Sandbox;
  sub: string;
  folderName: string;
  exported: readonly ExportedFile[];
  images: readonly UserFile[];
}): string[] {
  const { sandbox, sub, folderName, exported, images } = params;
  const files = sandbox.drive.listAll(sub);
  const folders = files.filter((file) => file.name === folderName);
  const inFolders = new Set(
    files.filter((file) => folders.some(({ id }) => id === file.parentId)).map(({ id }) => id),
  );
  const differences: string[] = [];
  if (folders.length !== 1) differences.push(`The Drive has ${folders.length} folders named ${folderName}.`);
  if (inFolders.size !== images.length) {
    differences.push(`${folderName} holds ${inFolders.size} files instead of ${images.length}.`);
  }
  const fileOf = new Map(exported.map(({ imageId, fileId }) => [imageId, fileId]));
  for (const { id, filename, sha256 } of images) {
    const fileId = fileOf.get(id);
    if (fileId === undefined || !inFolders.has(fileId)) differences.push(`${filename}: not in ${folderName}`);
    else if (digestOf(sandbox.drive.contentOf(fileId)) !== sha256)
      differences.push(`${filename}: other bytes in the Drive`);
  }
  return differences;
}

function digestOf(bytes: Uint8Array | undefined): string | null {
  return bytes === undefined ? null : createHash("sha256").update(bytes).digest("hex");
}
