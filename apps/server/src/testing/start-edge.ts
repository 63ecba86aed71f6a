import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type ApiServer, buildServer } from "../api/index.ts";
import { type BlobStore, createDiskBlobStore } from "../blobs/index.ts";
import { connectDatabase, type Database } from "../db/index.ts";
import { createIdentity, type Identity } from "../identity/index.ts";
import { blobKeyOf, createLibrary, type Library, type NewImage } from "../library/index.ts";
import { createLog, newId, systemClock } from "../platform/index.ts";
import { createTestDatabase } from "./test-database.ts";

export const EDGE_ORIGIN = "https://app.example.com";

/** Somebody of a workspace of their own, with a key of all scopes. */
export interface Owner {
  readonly email: string;
  readonly password: string;
  readonly apiKey: string;
  readonly tenantId: string;
  readonly userId: string;
}

/** The HTTP edge over identity and library alone, for tests that need neither drives nor transfers. */
export interface Edge {
  readonly url: string;
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly identity: Identity;
  readonly library: Library;
  readonly owner: Owner;
  /** Of another workspace. */
  readonly stranger: Owner;
  fetch(path: string, init?: RequestInit & { readonly as?: Owner }): Promise<Response>;
  /** Puts an image with its bytes into a workspace and returns its id. */
  addImage(owner: Owner, bytes: Buffer, facts?: Partial<NewImage>): Promise<string>;
  stop(): Promise<void>;
}

/** Starts it on a free port of the loopback interface; stop it in `afterAll`. */
export async function startEdge(
  routes: (app: ApiServer, parts: { identity: Identity; library: Library }) => void,
  options: { readonly publicUrl?: string } = {},
): Promise<Edge> {
  const [database, directory] = await Promise.all([
    createTestDatabase(),
    mkdtemp(join(tmpdir(), "driveway-edge-")),
  ]);
  const log = createLog({ level: process.env.TEST_LOG_LEVEL ?? "silent", pretty: false });
  const { connectionString } = database;
  const connection = connectDatabase({ connectionString, poolSize: 4, applicationName: "test", log });
  const { db } = connection;
  const blobs = createDiskBlobStore({ directory: join(directory, "blobs") });
  const library = createLibrary({ db, blobs });
  const publicUrl = options.publicUrl ?? "http://localhost:8080";
  const allowedOrigins = [EDGE_ORIGIN];
  const sessionSecret = randomBytes(32).toString("base64url");
  const identity = createIdentity({ db, clock: systemClock, sessionSecret, publicUrl, allowedOrigins, log });
  const server = await buildServer({
    log,
    identity,
    publicUrl,
    allowedOrigins,
    trustedProxies: [],
    version: "0.0.0-test",
    pageDirectory: directory,
    routes: (app) => routes(app, { identity, library }),
  });
  const url = await server.listen({ host: "127.0.0.1", port: 0 });
  const [owner, stranger] = [await makeOwner(identity, "owner"), await makeOwner(identity, "stranger")];
  return {
    url,
    db,
    blobs,
    identity,
    library,
    owner,
    stranger,
    fetch(path, { as, ...init } = {}) {
      const headers = new Headers(init.headers);
      if (as !== undefined) headers.set("authorization", `Bearer ${as.apiKey}`);
      return fetch(`${url}${path}`, { ...init, headers });
    },
    addImage: (who, bytes, facts) => addImage({ db, blobs, library }, who, bytes, facts),
    async stop() {
      await server.close();
      await connection.close();
      await database.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function makeOwner(identity: Identity, name: string): Promise<Owner> {
  const apiKey = `test_${randomBytes(24).toString("base64url")}`;
  const email = `${name}@example.com`;
  const password = `password of ${name}`;
  await identity.bootstrap({ adminEmail: email, adminPassword: password, apiKey });
  const principal = await identity.authenticate({ authorization: `Bearer ${apiKey}` });
  if (principal === null) throw new Error("the bootstrap key is not valid");
  return { email, password, apiKey, tenantId: principal.tenantId, userId: principal.userId };
}

async function addImage(
  parts: { db: Database; blobs: BlobStore; library: Library },
  owner: Owner,
  bytes: Buffer,
  facts: Partial<NewImage> = {},
): Promise<string> {
  const { tenantId, userId } = owner;
  const id = newId("img");
  const blobKey = blobKeyOf({ tenantId, imageId: id });
  const staged = await parts.blobs.stage(blobKey);
  await pipeline(Readable.from([bytes]), staged.stream);
  await staged.commit();
  const image: NewImage = {
    id,
    tenantId,
    createdBy: userId,
    filename: "picture.png",
    description: null,
    descriptionStatus: "skipped",
    mediaType: "image/png",
    format: "png",
    sizeBytes: bytes.length,
    width: 4,
    height: 3,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    md5: null,
    tags: [],
    collectionId: null,
    blobKey,
    source: null,
    takenAt: null,
    ...facts,
  };
  await parts.library.insertImages(parts.db, [image]);
  return id;
}
