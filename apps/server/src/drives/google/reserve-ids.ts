import { z } from "zod";
import { DriveError } from "../drive.ts";
import { FileId } from "./file-id.ts";
import type { GoogleApi } from "./google-api.ts";

const GeneratedIds = z.object({ ids: z.array(FileId) });

/** Asks for ids of files that are to be made (`files.generateIds`, 1 to 1,000 at a time). */
export async function reserveIds(api: GoogleApi, count: number, signal?: AbortSignal): Promise<string[]> {
  if (count === 0) return [];
  const url = `/drive/v3/files/generateIds?count=${count}&space=drive&type=files&fields=ids`;
  const parsed = GeneratedIds.safeParse(await api.json({ method: "GET", url, signal }));
  if (!parsed.success || new Set(parsed.data.ids).size !== count) {
    throw new DriveError("try_later", "Google's answer was not intelligible.", { reason: "not_ids" });
  }
  return parsed.data.ids;
}
