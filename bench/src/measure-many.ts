import { compare, type Figure, figure } from "./compare.ts";
import { type RunningSandbox, runSandbox } from "./run-sandbox.ts";
import { Target } from "./target.ts";

const FILES = 100_000;
const STARTS = 3;
const PAGE = 1000;
const MEBIBYTE = 1024 * 1024;
const FIELDS = "nextPageToken,files(id,name,mimeType,size,md5Checksum,modifiedTime,imageMediaMetadata)";

/** A hundred thousand files: how long a start takes, how much memory they are, and how fast they are listed. */
export async function measureMany(floor: Target): Promise<Figure[]> {
  const starts: RunningSandbox[] = [];
  for (let run = 1; run < STARTS; run += 1) {
    const sandbox = await runSandbox("--files", String(FILES));
    await sandbox.stop();
    starts.push(sandbox);
  }
  const sandbox = await runSandbox("--files", String(FILES));
  const target = new Target(sandbox.ready.origin, { authorization: sandbox.authorization });
  const residentBytes = sandbox.residentBytes() ?? Number.NaN;
  const listing = await compareListings(target, floor, sandbox.ready.generatedFolderId);
  const listedBytes = sandbox.residentBytes() ?? Number.NaN;
  await target.close();
  await sandbox.stop();
  return [
    figure(
      "start with 100,000 files",
      "ms",
      [...starts, sandbox].map(({ startMs }) => startMs),
    ),
    figure("memory with 100,000 files", "MiB", [residentBytes / MEBIBYTE]),
    ...listing,
    figure("memory after listing them five times", "MiB", [listedBytes / MEBIBYTE]),
  ];
}

async function compareListings(sandbox: Target, floor: Target, folderId: string): Promise<Figure[]> {
  const first = await sandbox.json<object>(pagePath(folderId));
  const pageBytes = JSON.stringify(first, null, 2).length;
  return [
    await compare(
      { name: "listing of 100,000 files, page after page of 1,000", unit: "ms" },
      {
        sandbox: () => timed(() => listAll(sandbox, folderId)),
        floor: () => timed(() => readPages(floor, pageBytes)),
      },
    ),
    await compare(
      { name: "first page of a folder of 100,000 files", unit: "ms" },
      {
        sandbox: () => timed(() => sandbox.json(pagePath(folderId))),
        floor: () => timed(() => floor.json(`/json/${pageBytes}`)),
      },
    ),
  ];
}

function pagePath(folderId: string, pageToken?: string): string {
  const query = new URLSearchParams({
    q: `'${folderId}' in parents and trashed = false`,
    pageSize: String(PAGE),
    fields: FIELDS,
    ...(pageToken !== undefined && { pageToken }),
  });
  return `/drive/v3/files?${query.toString()}`;
}

async function listAll(sandbox: Target, folderId: string): Promise<void> {
  let count = 0;
  let pageToken: string | undefined;
  do {
    const page: { files: unknown[]; nextPageToken?: string } = await sandbox.json(
      pagePath(folderId, pageToken),
    );
    count += page.files.length;
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  if (count !== FILES) throw new Error(`${count} files were listed in place of ${FILES}`);
}

async function readPages(floor: Target, pageBytes: number): Promise<void> {
  for (let page = 0; page < FILES / PAGE; page += 1) await floor.json(`/json/${pageBytes}`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now();
  await work();
  return performance.now() - beganMs;
}
