import { ListUserFilesReply, type UserFile } from "@driveway/contract";
import type { ApiClient } from "./api-client.ts";

const PAGE_SIZE = 1000;

/** Every image of the library, newest first. */
export async function listImages(api: ApiClient): Promise<UserFile[]> {
  const images: UserFile[] = [];
  for (;;) {
    const path = `/api/v2/user-files?limit=${PAGE_SIZE}&offset=${images.length}`;
    const page = await api.call({ method: "GET", path, reply: ListUserFilesReply });
    images.push(...page.files);
    if (!page.has_more) return images;
  }
}
