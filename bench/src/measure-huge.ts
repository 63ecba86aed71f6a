import { compare, type Figure, figure } from "./compare.ts";
import { runSandbox } from "./run-sandbox.ts";
import { Target } from "./target.ts";

const SIZE_BYTES = 50 * 1024 ** 3;
const MEBIBYTE = 1024 * 1024;
const LAST = { range: `bytes=-${MEBIBYTE}` };
const MEASURED_MS = 500;

/** A file of 50 GiB: how long the start takes, which is how long hashing does, and how soon its end is read. */
export async function measureHuge(floor: Target): Promise<Figure[]> {
  const sandbox = await runSandbox("--files", "1", "--size-bytes", String(SIZE_BYTES));
  const target = new Target(sandbox.ready.origin, { authorization: sandbox.authorization });
  const [fileId] = await fileIdsOf(target, sandbox.ready.generatedFolderId);
  const residentBytes = sandbox.residentBytes() ?? Number.NaN;
  const msPerRead = async (of: Target, path: string, headers: Readonly<Record<string, string>>) => {
    const { times, seconds } = await of.gets(1, () => path, { forMs: MEASURED_MS, headers });
    return (seconds * 1000) / times;
  };
  const lastBytes = await compare(
    { name: "the last MiB of 50 GiB", unit: "ms" },
    {
      sandbox: () => msPerRead(target, `/drive/v3/files/${fileId}?alt=media`, LAST),
      floor: () => msPerRead(floor, `/bytes/${MEBIBYTE}`, {}),
    },
  );
  await target.close();
  await sandbox.stop();
  return [
    figure("start with a file of 50 GiB (one run)", "s", [sandbox.startMs / 1000]),
    figure("memory with a file of 50 GiB", "MiB", [residentBytes / MEBIBYTE]),
    lastBytes,
  ];
}

/** The ids of the files of a folder, as many as there are on a page. */
export async function fileIdsOf(sandbox: Target, folderId: string): Promise<string[]> {
  const query = new URLSearchParams({ q: `'${folderId}' in parents`, pageSize: "1000", fields: "files(id)" });
  const { files } = await sandbox.json<{ files: { id: string }[] }>(`/drive/v3/files?${query.toString()}`);
  return files.map(({ id }) => id);
}
