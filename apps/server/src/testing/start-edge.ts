import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ApiServer } from "../api/index.ts";
import { type BlobStore, createDiskBlobStore } from "../blobs/index.ts";
import { connectDatabase, type Database } from "../db/index.ts";
import type { Identity } from "../identity/index.ts";
import { blobKeyOf, createLibrary, type Library, type NewImage } from "../library/index.ts";
import { newId, systemClock } from "../platform/index.ts";
import { lookAnywhere } from "./look-anywhere.ts";
import { makePerson, type Person } from "./make-person.ts";
import { serveRoutes } from "./serve-routes.ts";
import { createTestDatabase } from "./test-database.ts";
import { testLog } from "./test-log.ts";

/** The HTTP edge over identity and library alone, for tests that need neither drives nor transfers. */
export interface Edge {
  readonly url: string;
  /** For the test itself; the parts have one that refuses statements without a tenant. */
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly identity: Identity;
  readonly library: Library;
  readonly owner: Person;
  /** Of another workspace. */
  readonly stranger: Person;
  fetch(path: string, init?: RequestInit & { readonly as?: Person }): Promise<Response>;
  /** Puts an image with its bytes into a workspace and returns its id. */
  addImage(owner: Person, bytes: Buffer, facts?: Partial<NewImage>): Promise<string>;
  stop(): Promise<void>;
}

/** Starts it on a free port of the loopback interface; stop it in `afterAll`. */
export async function startEdge(
  routes: (app: ApiServer, parts: { identity: Identity; library: Library }) => void,
): Promise<Edge> {
  const [database, directory] = await Promise.all([
    createTestDatabase(),
    mkdtemp(join(tmpdir(), "driveway-edge-")),
  ]);
  const { connectionString } = database;
  const connection = connectDatabase({
    connectionString,
    poolSize: 4,
    applicationName: "test",
    log: testLog(),
  });
  const { db } = connection;
  const blobs = createDiskBlobStore({ directory: join(directory, "blobs") });
  const library = createLibrary({ db, blobs });
  const served = await serveRoutes({
    db,
    clock: systemClock,
    routes: (app, parts) => routes(app, { ...parts, library }),
  });
  const { url, identity } = served;
  const [owner, stranger] = [await makePerson(db), await makePerson(db)];
  return {
    url,
    db: lookAnywhere(connection),
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
      await served.close();
      await connection.close();
      await database.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function addImage(
  parts: { db: Database; blobs: BlobStore; library: Library },
  owner: Person,
  bytes: Buffer,
  facts: Partial<NewImage> = {},
): Promise<string> {
  const { tenantId, userId } = owner.principal;
  const id = newId("img");
  const blobKey = blobKeyOf({ tenantId, imageId: id, fencingToken: 1 });
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
