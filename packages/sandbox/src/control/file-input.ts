import { z } from "zod";
import { isMimeType, LARGEST_FILE_BYTES } from "../drive/index.ts";
import { timeText } from "./time-input.ts";

const Base64 = z.base64({ error: "not base64 (RFC 4648 section 4)" });
const MimeType = z.string().refine(isMimeType, "not a MIME type: type/subtype, without parameters");
const Texts = z.record(z.string(), z.string());
const PictureData = z.strictObject({
  width: z.exactOptional(z.int().min(1)),
  height: z.exactOptional(z.int().min(1)),
  rotation: z.exactOptional(z.int().min(0).max(3)),
  time: z.exactOptional(z.string()),
  location: z.exactOptional(
    z.strictObject({
      latitude: z.exactOptional(z.number()),
      longitude: z.exactOptional(z.number()),
      altitude: z.exactOptional(z.number()),
    }),
  ),
  cameraMake: z.exactOptional(z.string()),
  cameraModel: z.exactOptional(z.string()),
  exposureTime: z.exactOptional(z.number()),
  aperture: z.exactOptional(z.number()),
  flashUsed: z.exactOptional(z.boolean()),
  focalLength: z.exactOptional(z.number()),
  isoSpeed: z.exactOptional(z.int()),
  lens: z.exactOptional(z.string()),
});

/** What both a new and a changed file may be told; bytes come as base64, or are made up from their number. */
const common = {
  contentBase64: z.exactOptional(Base64),
  sizeBytes: z.exactOptional(z.int().min(0).max(LARGEST_FILE_BYTES)),
  parentId: z.exactOptional(z.string()),
  starred: z.exactOptional(z.boolean()),
  trashed: z.exactOptional(z.boolean()),
  canDownload: z.exactOptional(z.boolean()),
  abusive: z.exactOptional(z.boolean()),
  downloadQuotaExceeded: z.exactOptional(z.boolean()),
  modifiedTime: z.exactOptional(timeText()),
  imageMediaMetadata: z.exactOptional(PictureData),
  properties: z.exactOptional(Texts),
  /** By client id. */
  appProperties: z.exactOptional(z.record(z.string(), Texts)),
};

function hasOneContent({
  contentBase64,
  sizeBytes,
}: {
  contentBase64?: string;
  sizeBytes?: number;
}): boolean {
  return contentBase64 === undefined || sizeBytes === undefined;
}

/** What a file is made of by `POST /files`. */
export const NewFileInput = z
  .strictObject({
    ...common,
    email: z.string(),
    name: z.string(),
    mimeType: MimeType,
    id: z.exactOptional(z.string().regex(/^[\w-]{1,128}$/, "not an id: letters, digits, - and _")),
    description: z.exactOptional(z.string()),
    createdTime: z.exactOptional(timeText()),
    originalFilename: z.exactOptional(z.string()),
    omitSha: z.exactOptional(z.boolean()),
    wrongChecksum: z.exactOptional(z.boolean()),
    resourceKey: z.exactOptional(z.string()),
    copyRequiresWriterPermission: z.exactOptional(z.boolean()),
    shortcutTargetId: z.exactOptional(z.string()),
    /** For Docs editors files: MIME type to bytes. */
    exportsBase64: z.exactOptional(z.record(MimeType, Base64)),
  })
  .refine(hasOneContent, "contentBase64 and sizeBytes go not together");

/** What `PATCH /files/{id}` may change. */
export const FilePatchInput = z
  .strictObject({
    ...common,
    name: z.exactOptional(z.string()),
    mimeType: z.exactOptional(MimeType),
    description: z.exactOptional(z.string().nullable()),
  })
  .refine(hasOneContent, "contentBase64 and sizeBytes go not together");
