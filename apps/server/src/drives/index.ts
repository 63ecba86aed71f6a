export {
  type Drive,
  DriveError,
  type DriveFile,
  type DriveFileAnswer,
  type DriveLook,
  type FileRef,
  type Upload,
  type UploadSession,
  type UploadState,
} from "./drive.ts";
export type { DriveMeaning } from "./drive-meaning.ts";
export { createGoogleDrive, type PaceSettings } from "./google/create-google-drive.ts";
export type {
  Credential,
  DriveAccess,
  DriveProvider,
  LentToken,
  OauthClient,
  ProviderIdentity,
  ProviderProperties,
  ProviderTokens,
} from "./provider.ts";
export { createProviders, type Providers } from "./providers.ts";
export { createPaceStore } from "./pace/pace-store.ts";
export type { PaceQuotas } from "./pace/pace-exchange.ts";
export type { AccountPace, DriveWork, PaceOutcome, PaceRequest, Permit } from "./pace/permit.ts";
