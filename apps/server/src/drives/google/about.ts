import { z } from "zod";
import { DriveError, type DriveAccount } from "../drive.ts";
import { ByteCount } from "./byte-count.ts";
import type { GoogleApi } from "./google-api.ts";

const About = z.object({ storageQuota: z.object({ limit: ByteCount.optional(), usage: ByteCount }) });

/** Asks what the account may store and does (`about.get`). Google leaves the limit out where there is none. */
export async function about(api: GoogleApi, signal?: AbortSignal): Promise<DriveAccount> {
  const url = `/drive/v3/about?fields=${encodeURIComponent("storageQuota(limit,usage)")}`;
  const parsed = About.safeParse(await api.json({ method: "GET", url, signal }));
  if (!parsed.success) {
    throw new DriveError("try_later", "Google's answer was not intelligible.", {
      reason: "not_an_account",
      cause: parsed.error,
    });
  }
  const { limit, usage } = parsed.data.storageQuota;
  return { storage: { limitBytes: limit ?? null, usedBytes: usage } };
}
