import { z } from "zod";
import type { StateRecord } from "./state-record.ts";

const Text = z.string();
const Count = z.number();
const Texts = z.array(Text);
const Pairs = z.record(Text, Text);

const Sharing = z.looseObject({
  driveId: Text.nullable(),
  permissions: z.array(z.looseObject({ id: Text, role: Text, to: z.looseObject({ type: Text }) })),
});

const Blob = z.looseObject({
  bytes: Text,
  sizeBytes: Count,
  checksums: z.looseObject({ md5: Text, sha1: Text.nullable(), sha256: Text.nullable() }),
  headRevisionId: Text,
  originalFilename: Text,
  generated: z.looseObject({ seed: Count, index: Count }).optional(),
});

/** Without what records of earlier versions do not say. */
const File = z.looseObject({
  id: Text,
  ownerSub: Text,
  name: Text,
  mimeType: Text,
  parentId: Text.nullable(),
  createdTimeMs: Count,
  modifiedTimeMs: Count,
  description: Text.nullable(),
  starred: z.boolean(),
  trashed: z.boolean(),
  canDownload: z.boolean(),
  abusive: z.boolean(),
  blob: Blob.nullable(),
  exports: Pairs,
  shortcutTargetId: Text.nullable(),
  sharing: Sharing.nullish(),
  imageMediaMetadata: z.looseObject({}).nullable(),
  properties: Pairs,
  appProperties: z.record(Text, Pairs),
  version: Count,
});

const ofFile = { sub: Text, fileId: Text };
const issued = { token: Text, grantKey: Text, scopes: Texts, offline: z.boolean() };

const shapes = {
  began: { format: Count, seed: Count },
  filePut: { issuedIds: Count, file: File },
  accountAdded: {
    account: z.looseObject({ sub: Text, email: Text, name: Text, permissionId: Text }),
  },
  fileRemoved: { fileId: Text },
  idsReserved: { sub: Text, ids: Texts, issuedIds: Count },
  fileGranted: { grant: z.looseObject({ ...ofFile, clientId: Text }) },
  fileOpened: { opening: z.looseObject(ofFile) },
  fileGrantsRevoked: { clientId: Text, sub: Text },
  allowed: { sub: Text, clientId: Text, scopes: Texts },
  accessTokenIssued: { ...issued, expiresAtMs: Count },
  refreshTokenIssued: issued,
  accessTokenEnded: { token: Text },
  refreshTokenEnded: { token: Text },
  grantRevoked: { grantKey: Text },
  clockPutBack: { toMs: Count },
} as const satisfies Record<StateRecord["kind"], z.ZodRawShape>;

const Shapes = new Map<unknown, z.ZodType>(
  Object.entries(shapes).map(([kind, shape]) => [kind, z.looseObject(shape)]),
);

/** Says what keeps a value from being a record; null when nothing does. */
export function faultOfRecord(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return "no record";
  const kind = "kind" in value ? value.kind : undefined;
  const shape = Shapes.get(kind);
  if (shape === undefined) return `no kind of record: ${JSON.stringify(kind)}`;
  const [issue] = shape.safeParse(value).error?.issues ?? [];
  return issue === undefined ? null : `${issue.path.map(String).join(".")}: ${issue.message}`;
}
