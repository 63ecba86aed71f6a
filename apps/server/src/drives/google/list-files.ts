import { z } from "zod";
import { DriveError, type DriveFolderPage } from "../drive.ts";
import { FILE_FIELDS, toDriveFile } from "./file-resource.ts";
import type { GoogleApi } from "./google-api.ts";

const LARGEST_PAGE = 1000;
/** Tokens are opaque, some 300 characters long. */
const PAGE_TOKEN_CHARS = 4096;
const FIELDS = `nextPageToken,files(${FILE_FIELDS})`;

const Page = z.object({
  files: z.array(z.unknown()).default([]),
  nextPageToken: z.string().min(1).max(PAGE_TOKEN_CHARS).optional(),
});

interface Listing {
  /** In Google's query language, with its values quoted. */
  readonly q: string;
  readonly pageToken: string | null;
  /** The shared drive to search; null for what the user sees anywhere. */
  readonly driveId?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * One page of what a query finds (`files.list`), shared drives included. It may be empty while there are more.
 * @throws {DriveError} `refused` with the reason `page_token_refused`; `try_later` for an answer that is no page
 */
export async function listFiles(
  api: GoogleApi,
  listing: Listing,
  signal?: AbortSignal,
): Promise<DriveFolderPage> {
  const { q, pageToken, driveId = null } = listing;
  const query = new URLSearchParams({
    q,
    pageSize: String(LARGEST_PAGE),
    fields: FIELDS,
    supportsAllDrives: "true",
    includeItemsFromAllDrives: "true",
    ...(driveId === null ? {} : { corpora: "drive", driveId }),
    ...(pageToken === null ? {} : { pageToken }),
    prettyPrint: "false",
  });
  const url = `/drive/v3/files?${query.toString()}`;
  const answer = await api
    .json({ method: "GET", url, headers: listing.headers ?? {}, signal })
    .catch((error: unknown) => {
      throw pageToken === null ? error : withTokenNamed(error);
    });
  return toPage(answer, pageToken);
}

function withTokenNamed(error: unknown): unknown {
  if (!(error instanceof DriveError) || error.kind !== "refused" || error.location !== "pageToken") {
    return error;
  }
  return new DriveError("refused", "Google has forgotten where the list was; it begins again.", {
    reason: "page_token_refused",
    status: error.status,
    cause: error,
  });
}

function toPage(answer: unknown, askedToken: string | null): DriveFolderPage {
  const parsed = Page.safeParse(answer);
  const nextPageToken = parsed.data?.nextPageToken ?? null;
  // A page that is followed by itself would never end.
  if (!parsed.success || (nextPageToken !== null && nextPageToken === askedToken)) {
    throw new DriveError("try_later", "Google's answer was not intelligible.", {
      reason: "not_a_page",
      cause: parsed.error,
    });
  }
  return { files: parsed.data.files.map(toDriveFile), nextPageToken };
}
