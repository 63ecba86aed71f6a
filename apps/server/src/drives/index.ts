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
export { createGoogleDrive } from "./google/create-google-drive.ts";
export type {
  Credential,
  DriveProvider,
  LentToken,
  OauthClient,
  Patience,
  ProviderIdentity,
  ProviderProperties,
  ProviderTokens,
} from "./provider.ts";
export { createProviders, type Providers } from "./providers.ts";
