import type { Clock, Log } from "../../platform/index.ts";
import type { Drive } from "../drive.ts";
import { createPacer } from "../pace/create-pacer.ts";
import { createMemoryPaceStore } from "../pace/memory-pace-store.ts";
import type { PaceQuotas, PaceStore } from "../pace/pace-exchange.ts";
import type { PaceTimers } from "../pace/pace-timers.ts";
import { withPace } from "../pace/with-pace.ts";
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
import { PACE_RULES } from "./pace-rules.ts";
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

/** How a provider's pace is kept. */
export interface PaceSettings {
  /** Quota units that may be spent; nothing is counted when left out. */
  readonly quotas?: PaceQuotas;
  /** Where processes share their pace; this one keeps it for itself when left out. */
  readonly paceStore?: PaceStore;
  /** Needed to tell that the pace cannot be shared. */
  readonly log?: Log;
  /** For tests whose time runs faster. */
  readonly paceTimers?: PaceTimers;
}

const METADATA_BATCH_SIZE = 50;

/** Makes the Google Drive provider: OAuth with OpenID Connect, and Drive v3 over connections that all accounts share. */
export function createGoogleDrive(settings: GoogleDriveSettings & PaceSettings): DriveProvider {
  const { clock, apiRoot } = settings;
  const agent = createGoogleAgent({ idleTimeoutMs: settings.idleTimeoutMs ?? 20_000 });
  const pacer = createPacer({
    provider: "google_drive",
    rules: PACE_RULES,
    quotas: settings.quotas ?? { userUnitsPerMinute: null, projectUnitsPerMinute: null },
    store: settings.paceStore ?? createMemoryPaceStore(() => clock.now()),
    ...(settings.log === undefined ? {} : { log: settings.log }),
    ...(settings.paceTimers === undefined ? {} : { timers: settings.paceTimers }),
  });
  return {
    id: "google_drive",
    properties: {
      displayName: "Google Drive",
      pickerAppId: settings.appId,
      pickerDeveloperKey: settings.apiKey,
      metadataBatchSize: METADATA_BATCH_SIZE,
      folderType: FOLDER_TYPE,
      pace: PACE_RULES,
      userUnitsPerMinute: settings.quotas?.userUnitsPerMinute ?? null,
      exportAs: { "application/vnd.google-apps.drawing": "image/png" },
    },
    oauth: createGoogleOauth(settings),
    openDrive(credential, { pace, work = { kind: "bulk", unitsLeft: null } }) {
      const open = (accessToken: () => Promise<string>) =>
        driveOver(createGoogleApi({ agent, apiRoot, clock, accessToken }), clock);
      const paced = withPace(withFreshToken({ credential, open }), {
        pace,
        costs: PACE_RULES.costs,
        work,
      });
      return withRetries(paced, { patience: work.kind === "interactive" ? "interactive" : "background" });
    },
    paceOf: (account) => pacer.of(account),
    async close() {
      await agent.close();
      await pacer.close();
    },
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
