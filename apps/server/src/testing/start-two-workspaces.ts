import { eq } from "drizzle-orm";
import { apiKeys, collections, connectDatabase, type Database, images, invitations } from "../db/index.ts";
import type { Principal, Scope } from "../identity/index.ts";
import { hashSecret, newId } from "../platform/index.ts";
import { connectDrive } from "./connect-account.ts";
import { lookAnywhere } from "./look-anywhere.ts";
import { makePerson, newApiKey, type Person } from "./make-person.ts";
import { startTestApp, type TestApp } from "./start-test-app.ts";
import { testLog } from "./test-log.ts";
import { testPictures } from "./test-pictures.ts";

/** One thing of each kind that somebody can own, by its id. */
export interface Things {
  readonly connection: string;
  /** A picker session. */
  readonly session: string;
  /** An OAuth attempt that has not ended. */
  readonly state: string;
  readonly job: string;
  readonly image: string;
  readonly collection: string;
  /** An API key's id. */
  readonly key: string;
  /** The user themselves. */
  readonly member: string;
  /** An open invitation that they made. */
  readonly invitation: string;
}

/** Well-formed, and nobody's. */
export const NOWHERE: Things = {
  connection: "00000000-0000-4000-8000-000000000000",
  session: `picker_sess_${"x".repeat(43)}`,
  state: "y".repeat(43),
  job: "job_00000000000000000000000000",
  image: "img_00000000000000000000000000",
  collection: "col_00000000000000000000000000",
  key: "key_00000000000000000000000000",
  member: "usr_00000000000000000000000000",
  invitation: "inv_00000000000000000000000000",
};

/** Somebody with things of their own. */
export interface Owner extends Person {
  readonly things: Things;
  /** Texts that stand in what is theirs alone, and nowhere else. */
  readonly marks: readonly string[];
}

/** The whole service with an owner, two colleagues of theirs, and the admin of another workspace. */
export interface TwoWorkspaces {
  readonly app: TestApp;
  /** Without the tenant guard. */
  readonly db: Database;
  readonly owner: Owner;
  readonly colleague: Owner;
  readonly admin: Owner;
  readonly stranger: Owner;
  /**
   * The owner's things with an image, a collection, a key and an invitation that were made just now, so that a case may
   * take them away.
   */
  freshThings(): Promise<Things>;
  /** A key of a member of the owner's workspace, with one scope. */
  makeKey(scope: Scope): Promise<string>;
  stop(): Promise<void>;
}

/** Starts it for a test file; stop it in `afterAll`. */
export async function startTwoWorkspaces(): Promise<TwoWorkspaces> {
  const app = await startTestApp({ environment: { RATE_LIMIT_REQUESTS: "0", RATE_LIMIT_SIGN_INS: "0" } });
  const { connectionString } = app.database;
  const opened = connectDatabase({
    connectionString,
    poolSize: 2,
    applicationName: "test",
    log: testLog(),
  });
  const db = lookAnywhere(opened);
  const principal = await app.app.identity.authenticate({ authorization: `Bearer ${app.apiKey}` });
  if (principal === null) throw new Error("the app's own key is not valid");
  const { tenantId } = principal;
  const own = (person: Person, name: string) => withThings({ app, db }, person, name);
  const owner = await own({ principal, apiKey: app.apiKey }, "alice");
  const colleague = await own(await makePerson(db, { tenantId, role: "member" }), "bob");
  const admin = await own(await makePerson(db, { tenantId, role: "admin" }), "bob");
  const stranger = await own(await makePerson(db), "bob");
  return {
    app,
    db,
    owner,
    colleague,
    admin,
    stranger,
    freshThings: () => freshThings(db, owner),
    makeKey: async (scope) => (await makeKey(db, colleague.principal, scope)).apiKey,
    async stop() {
      await opened.close();
      await app.stop();
    },
  };
}

/** Makes one of everything over the API, with an account of the sandbox. */
async function withThings(
  { app, db }: { readonly app: TestApp; readonly db: Database },
  person: Person,
  account: string,
): Promise<Owner> {
  const { apiKey, principal } = person;
  const mark = newId("evt");
  const cloud = "/api/v2/cloud-storage";
  const connection = await connectDrive(app, `${account}@example.com`, { apiKey });
  const post = (path: string, body: object) => app.request("POST", path, { apiKey, body });
  const { body: made } = await post("/api/v2/collections", { name: mark });
  const { body: imported } = await post(`${cloud}/import`, {
    connection_id: connection,
    files: [{ id: await addPicture(app, account), name: `${mark}.jpg` }],
    collection_id: made.collection.id,
    tags: [mark],
  });
  const token = await app.request("GET", `${cloud}/connections/${connection}/picker-token`, { apiKey });
  const begun = await post(`${cloud}/auth/google_drive`, { provider: "google_drive" });
  const things = {
    connection,
    session: token.body.session.session_id,
    state: begun.body.state,
    job: imported.import_job_id,
    image: imported.image_ids[0],
    collection: made.collection.id,
    key: (await makeKey(db, principal, "read")).id,
    member: principal.userId,
    invitation: await makeInvitation(db, principal),
  };
  return { ...person, things, marks: [mark, ...Object.values(things)] };
}

async function addPicture(app: TestApp, account: string): Promise<string> {
  const sub = app.sandbox.accounts.find(({ email }) => email.startsWith(account))?.sub ?? "";
  const [content = Buffer.alloc(0)] = await testPictures({ count: 1 });
  return app.sandbox.drive.addFile(sub, { name: "a.jpg", mimeType: "image/jpeg", content }).id;
}

async function freshThings(db: Database, owner: Owner): Promise<Things> {
  const [row] = await db.select().from(images).where(eq(images.id, owner.things.image));
  if (row === undefined) throw new Error("the owner's image is gone");
  const { tenantId, userId } = owner.principal;
  const [image, collection] = [newId("img"), newId("col")];
  await db.insert(images).values({ ...row, id: image });
  await db.insert(collections).values({ id: collection, tenantId, name: "fresh", createdBy: userId });
  return {
    ...owner.things,
    image,
    collection,
    key: (await makeKey(db, owner.principal, "read")).id,
    invitation: await makeInvitation(db, owner.principal),
  };
}

async function makeKey(
  db: Database,
  user: Principal,
  scope: Scope,
): Promise<{ readonly id: string; readonly apiKey: string }> {
  const [id, apiKey] = [newId("key"), newApiKey()];
  await db.insert(apiKeys).values({
    id,
    tenantId: user.tenantId,
    userId: user.userId,
    name: scope,
    prefix: "test_",
    secretSha256: hashSecret(apiKey),
    scopes: [scope],
  });
  return { id, apiKey };
}

async function makeInvitation(db: Database, { tenantId, userId }: Principal): Promise<string> {
  const id = newId("inv");
  await db.insert(invitations).values({
    id,
    tenantId,
    email: `${id}@example.com`,
    role: "member",
    tokenSha256: hashSecret(id),
    createdBy: userId,
    expiresAt: new Date(Date.now() + 60_000),
  });
  return id;
}
