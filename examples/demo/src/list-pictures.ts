import { PickerProxyReply, PickerTokenReply } from "@driveway/contract";
import type { ApiClient } from "./api-client.ts";

/** A picture in the Drive, as it is named to an import. */
export interface Picture {
  readonly id: string;
  readonly name: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
}

/** Drive's own reply to `files.list`, as far as FIELDS asks for it. */
interface FileList {
  readonly nextPageToken?: string;
  readonly files: readonly {
    readonly id: string;
    readonly name: string;
    readonly mimeType: string;
    readonly size?: string;
    readonly imageMediaMetadata?: { readonly width?: number };
    readonly capabilities: { readonly canDownload: boolean };
  }[];
}

const FIELDS =
  "nextPageToken,files(id,name,mimeType,size,imageMediaMetadata(width),capabilities(canDownload))";
const QUERY = "mimeType contains 'image/' and trashed = false";

/** Lists the pictures of a Drive through the picker proxy: those in which Drive itself recognises a picture, and which may be downloaded. */
export async function listPictures(params: { api: ApiClient; connectionId: string }): Promise<Picture[]> {
  const { api, connectionId } = params;
  const path = `/api/v2/cloud-storage/connections/${connectionId}/picker-token?access_token=withhold`;
  const { session } = await api.call({ method: "GET", path, reply: PickerTokenReply });
  const pictures: Picture[] = [];
  let pageToken: string | undefined;
  do {
    const page = await listPage(api, session.session_id, pageToken);
    for (const { id, name, mimeType, size, imageMediaMetadata, capabilities } of page.files) {
      if (imageMediaMetadata?.width === undefined || !capabilities.canDownload) continue;
      pictures.push({ id, name, mimeType, sizeBytes: Number(size ?? 0) });
    }
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return pictures;
}

async function listPage(api: ApiClient, sessionId: string, pageToken: string | undefined): Promise<FileList> {
  const order = { pageSize: 1000, orderBy: "name" };
  const params = { q: QUERY, fields: FIELDS, ...order, ...(pageToken === undefined ? {} : { pageToken }) };
  const body = { session_id: sessionId, endpoint: "files", params };
  const path = "/api/v2/cloud-storage/picker-proxy";
  const reply = await api.call({ method: "POST", path, body, reply: PickerProxyReply });
  return reply.data as FileList;
}
