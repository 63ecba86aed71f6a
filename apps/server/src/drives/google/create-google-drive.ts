import type { Clock } from "../../platform/index.ts";
import type { Drive } from "../drive.ts";
import type { DriveProvider } from "../provider.ts";
import { withFreshToken } from "../with-fresh-token.ts";
import { withRetries } from "../with-retries.ts";
import { about } from "./about.ts";
import { createFolder } from "./create-folder.ts";
import { FOLDER_TYPE } from "./file-resource.ts";
import { findByProperty } from "./find-by-property.ts";
import { getFiles } from "./get-files.ts";
import { createGoogleAgent, createGoogleApi, type GoogleApi } from "./google-api.ts";
import { createGoogleOauth } from "./google-oauth.ts";
import { listFolder } from "./list-folder.ts";
import { look } from "./look.ts";
import { openFile } from "./open-file.ts";
import { reserveIds } from "./reserve-ids.ts";
import { upload } from "./upload.ts";

/** Google Drive, as it is set up for one installation. */
export interface GoogleDriveSettings {
  readonly clientId: string;
  readonly clientSecret: string;
  /** What is asked of the user; identity scopes are added when they are missing. */
  readonly scopes: readonly string[];
  /** Where the OpenID Connect discovery document stands below. */
  readonly issuer: string;
  /** What stands before `/drive/v3`. */
  readonly apiRoot: string;
  /** Of the browser-side Google Picker; empty when there is none. */
  readonly apiKey: string;
  /** The Google Cloud project's number; empty when there is none. */
  readonly appId: string;
  readonly clock: Clock;
  /** How long a connection may be silent before it counts as broken; 20,000 when left out. */
  readonly idleTimeoutMs?: number;
}

const METADATA_BATCH_SIZE = 50;

/** Makes the Google Drive provider: OAuth with OpenID Connect, and Drive v3 over connections that all accounts share. */
export function createGoogleDrive(settings: GoogleDriveSettings): DriveProvider {
  const { clock, apiRoot } = settings;
  const agent = createGoogleAgent({ idleTimeoutMs: settings.idleTimeoutMs ?? 20_000 });
  return {
    id: "google_drive",
    properties: {
      displayName: "Google Drive",
      pickerAppId: settings.appId,
      pickerDeveloperKey: settings.apiKey,
      metadataBatchSize: METADATA_BATCH_SIZE,
      folderType: FOLDER_TYPE,
      exportAs: { "application/vnd.google-apps.drawing": "image/png" },
    },
    oauth: createGoogleOauth(settings),
    openDrive(credential, patience = "background") {
      const open = (accessToken: () => Promise<string>) =>
        driveOver(createGoogleApi({ agent, apiRoot, clock, accessToken }), clock);
      return withRetries(withFreshToken({ credential, open }), { patience });
    },
    close: () => agent.close(),
  };
}

/** Drive v3 as the port has it. */
function driveOver(api: GoogleApi, clock: Clock): Drive {
  return {
    getFiles: (files, signal) => getFiles({ api, clock }, files, signal),
    openFile: (params, signal) => openFile(api, params, signal),
    listFolder: (params, signal) => listFolder(api, params, signal),
    about: (signal) => about(api, signal),
    findByProperty: (params, signal) => findByProperty(api, params, signal),
    reserveIds: (count, signal) => reserveIds(api, count, signal),
    createFolder: (params, signal) => createFolder(api, params, signal),
    upload: (params, signal) => upload(api, params, signal),
    look: (params, signal) => look(api, params, signal),
  };
}
