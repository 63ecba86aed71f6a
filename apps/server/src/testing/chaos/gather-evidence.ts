import { readFile } from "node:fs/promises";
import type { Sandbox } from "@driveway/sandbox";

const IDS = /\b(?:1[A-Za-z0-9_-]{20,}|(?:job|img)_[a-z0-9]{20,})\b/g;
const MOST_IDS = 12;
const LINES_OF_A_LOG = 12;

/**
 * What is known of the files and jobs that broken promises name: their requests as the sandbox saw them, and what the
 * processes wrote about them.
 */
export async function gatherEvidence(params: {
  readonly sentences: readonly string[];
  readonly sandbox: Sandbox;
  readonly logPaths: readonly string[];
}): Promise<string> {
  const ids = [...new Set(params.sentences.flatMap((sentence) => sentence.match(IDS) ?? []))];
  const logs = await Promise.all(
    params.logPaths.map(async (path) => ({
      path,
      lines: (await readFile(path, "utf8").catch(() => "")).split("\n"),
    })),
  );
  const parts = ids.slice(0, MOST_IDS).map((id) => {
    const requests = params.sandbox.requests
      .find({ fileId: id })
      .map(({ kind, status, fault, outcome, atMs, bytesOut }) =>
        [new Date(atMs).toISOString(), kind, status, fault ?? "no fault", outcome, `${bytesOut} bytes`].join(
          " ",
        ),
      );
    const said = logs.flatMap(({ path, lines }) =>
      lines
        .filter((line) => line.includes(id))
        .slice(-LINES_OF_A_LOG)
        .map((line) => `${path}: ${line}`),
    );
    return [`--- ${id}`, ...requests, ...said].join("\n");
  });
  return parts.join("\n");
}
