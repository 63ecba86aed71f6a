import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sandbox } from "@driveway/sandbox";
import { and, eq } from "drizzle-orm";
import { connections, images, transferJobs } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { connectAccount } from "./connect-account.ts";
import { makePerson } from "./make-person.ts";
import type { TransferProcess } from "./start-transfer-process.ts";
import type { TransferWorld } from "./start-transfer-world.ts";
import { testPictures } from "./test-pictures.ts";

const SMALL_BYTES = 30_000;
/** Two chunks of a resumable upload. */
const LARGE_BYTES = 9 * 1024 * 1024;
/** Of the files of an export that goes both ways, in one request and in chunks. */
const BOTH_WAYS: readonly number[] = [SMALL_BYTES, SMALL_BYTES, LARGE_BYTES];
const END_WITHIN_MS = 60_000;
const FOLDER = "application/vnd.google-apps.folder";

/** A whole import or export of somebody in a workspace of their own, which says what is wrong at its end. */
export interface Journey {
  /** Begins the job. */
  begin(): Promise<string>;
  /** Waits for the job's end and compares what is there with what should be; empty when all is well. */
  faultsAtEnd(): Promise<string[]>;
}

interface Parts {
  readonly world: Pick<TransferWorld, "sandbox" | "blobDirectory">;
  readonly process: TransferProcess;
  readonly email: string;
}

interface Traveller extends Parts {
  readonly principal: Principal;
  readonly connectionId: string;
  readonly sub: string;
}

/** An import of a few pictures, by somebody whose access token has run out. */
export async function importJourney(parts: Parts): Promise<Journey> {
  const traveller = await arrive(parts);
  const pictures = await uniquePictures([SMALL_BYTES, SMALL_BYTES, SMALL_BYTES]);
  const { principal, process } = traveller;
  return {
    begin: () => startImport(traveller, pictures),
    async faultsAtEnd() {
      const faults = await faultsOfJobs(traveller, await jobsOf(traveller, "import"));
      const rows = await process.db.select().from(images).where(eq(images.tenantId, principal.tenantId));
      const path = (key: string) => join(parts.world.blobDirectory, "objects", `${key}.blob`);
      const blobs = await Promise.all(rows.map(({ blobKey }) => readFile(path(blobKey))));
      faults.push(...differences("blobs", blobs.map(sha256Of), pictures.map(sha256Of)));
      return faults;
    },
  };
}

/**
 * An export into a new folder, by somebody whose access token has run out.
 * @param sizes of the files; small ones and one for the resumable protocol when left out
 */
export async function exportJourney(parts: Parts, sizes = BOTH_WAYS): Promise<Journey> {
  const traveller = await arrive(parts);
  const { process, principal, connectionId } = traveller;
  const pictures = await uniquePictures(sizes);
  const importId = await startImport(traveller, pictures);
  await endOf(traveller, importId);
  const outcome = { tenantId: principal.tenantId, jobId: importId, type: "import" } as const;
  const imageIds = (await process.transfers.jobOutcome(outcome)).madeIds;
  if (imageIds.length !== pictures.length) throw new Error("there is nothing to export");
  await letTokenRunOut(traveller);
  const folderName = `export of ${principal.tenantId}`;
  const isOurs = (name: string) => name.startsWith(folderName);
  return {
    begin: () =>
      process.transfers.startExport({ principal, connectionId, imageIds, folderId: null, folderName }),
    async faultsAtEnd() {
      const jobs = await jobsOf(traveller, "export");
      const faults = await faultsOfJobs(traveller, jobs);
      const { drive } = parts.world.sandbox;
      const all = drive.listAll(traveller.sub);
      const folders = all.filter(({ name, mimeType }) => isOurs(name) && mimeType === FOLDER);
      if (folders.length !== 1) faults.push(`${folders.length} folders`);
      const isFromJob = (text: string) => jobs.some((id) => text.includes(id));
      const ours = all.filter(({ appProperties }) => isFromJob(JSON.stringify(appProperties)));
      const files = new Set([...ours, ...folders.flatMap(({ id }) => drive.childrenOf(id))]);
      const sums = [...files].map(({ blob }) => blob?.checksums.sha256 ?? "none");
      faults.push(...differences("files", sums, pictures.map(sha256Of)));
      return faults;
    },
  };
}

async function arrive(parts: Parts): Promise<Traveller> {
  const { process, email, world } = parts;
  const { principal } = await makePerson(process.db);
  const connectionId = await connectAccount(process.connections, { principal, email });
  const traveller = { ...parts, principal, connectionId, sub: subOf(world.sandbox, email) };
  await letTokenRunOut(traveller);
  return traveller;
}

async function letTokenRunOut({ process, connectionId }: Traveller): Promise<void> {
  const change = { accessTokenExpiresAt: new Date(0) };
  await process.db.update(connections).set(change).where(eq(connections.id, connectionId));
}

async function startImport(traveller: Traveller, pictures: readonly Buffer[]): Promise<string> {
  const { principal, connectionId, process, world, sub } = traveller;
  const files = pictures.map((content, index) => {
    const name = `picture ${index}.jpg`;
    return { id: world.sandbox.drive.addFile(sub, { name, mimeType: "image/jpeg", content }).id, name };
  });
  const options = { tags: [], collectionId: null, autoDescribe: false };
  return process.transfers.startImport({ principal, connectionId, files, ...options });
}

/** All jobs that are in the database, whoever was told of them. */
async function jobsOf({ process, principal }: Traveller, type: "import" | "export"): Promise<string[]> {
  const isWanted = and(eq(transferJobs.tenantId, principal.tenantId), eq(transferJobs.type, type));
  const rows = await process.db.select({ id: transferJobs.id }).from(transferJobs).where(isWanted);
  return rows.map(({ id }) => id);
}

async function faultsOfJobs(traveller: Traveller, jobs: readonly string[]): Promise<string[]> {
  const { process, principal } = traveller;
  const faults = jobs.length === 1 ? [] : [`${jobs.length} jobs`];
  for (const id of jobs) {
    const job = await endOf(traveller, id);
    if (job.status === "completed") continue;
    const page = await process.transfers.listJobItems({
      principal,
      jobId: id,
      limit: 10,
      afterPosition: null,
    });
    faults.push(`${job.status}: ${page.items.map((item) => item.errorCode ?? item.state).join(", ")}`);
  }
  return faults;
}

async function endOf({ process, principal }: Traveller, jobId: string) {
  const signal = new AbortController().signal;
  const { tenantId } = principal;
  await process.transfers.waitForJob({ tenantId, jobId, timeoutMs: END_WITHIN_MS, signal });
  return process.transfers.getJob({ principal, jobId });
}

/** Pictures that no other journey has: no content is known from elsewhere. */
async function uniquePictures(sizes: readonly number[]): Promise<Buffer[]> {
  const mark = createHash("sha256").update(crypto.randomUUID()).digest();
  const made = await Promise.all(sizes.map((sizeBytes) => testPictures({ count: 1, sizeBytes })));
  return made.flat().map((picture, index) => Buffer.concat([picture, mark, Buffer.from([index])]));
}

function differences(what: string, found: readonly string[], wanted: readonly string[]): string[] {
  const same = JSON.stringify(found.toSorted()) === JSON.stringify(wanted.toSorted());
  return same ? [] : [`${found.length} ${what} that are not the ${wanted.length} wanted`];
}

function subOf(sandbox: Sandbox, email: string): string {
  const account = sandbox.accounts.find((candidate) => candidate.email === email);
  if (account === undefined) throw new Error(`the sandbox has no account ${email}`);
  return account.sub;
}

const sha256Of = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
