import { finished } from "node:stream";
import {
  type Drive,
  DriveError,
  type DriveFileAnswer,
  type DriveLook,
  type FileRef,
  type OpenedFile,
} from "../drive.ts";
import type { QuotaCosts } from "./pace-rules.ts";
import type { AccountPace, DriveWork, PaceOutcome, Permit } from "./permit.ts";

/** Rate answers in a row after which somebody who waits for the answer is told. */
const INTERACTIVE_TRIES = 3;

interface Cost {
  readonly units: number;
  readonly isUpload?: boolean;
}

/**
 * A drive whose every call waits for its permit. A call that is refused for its rate goes again when the pace allows it, as often as it
 * takes for small and bulk work: a rate limit fails nobody. A download keeps its permit until its stream is closed.
 */
export function withPace(
  drive: Drive,
  params: { readonly pace: AccountPace; readonly costs: QuotaCosts; readonly work: DriveWork },
): Drive {
  const { pace, costs } = params;
  let unitsLeft = params.work.kind === "bulk" ? (params.work.unitsLeft ?? Number.POSITIVE_INFINITY) : 0;
  const tries = params.work.kind === "interactive" ? INTERACTIVE_TRIES : Number.POSITIVE_INFINITY;

  async function acquire({ units, isUpload = false }: Cost, signal?: AbortSignal): Promise<Permit> {
    const work: DriveWork = params.work.kind === "bulk" ? { kind: "bulk", unitsLeft } : params.work;
    const permit = await pace.acquire({ units, work, isUpload }, signal);
    unitsLeft = Math.max(units, unitsLeft - units);
    return permit;
  }

  /** @param use settles the permit by itself when it goes well */
  async function paced<T>(cost: Cost, use: (permit: Permit) => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const permit = await acquire(cost, signal);
      try {
        return await use(permit);
      } catch (error) {
        permit.settle(outcomeOf(error));
        if (!isRateAnswer(error) || attempt >= tries) throw error;
      }
    }
  }

  const call = <T>(cost: Cost, use: () => Promise<T>, signal?: AbortSignal): Promise<T> =>
    paced(
      cost,
      async (permit) => {
        const result = await use();
        permit.settle("ok");
        return result;
      },
      signal,
    );

  const getFiles = async (files: readonly FileRef[], signal?: AbortSignal): Promise<DriveFileAnswer[]> => {
    const answers = new Map<string, DriveFileAnswer>();
    for (let attempt = 1; ; attempt += 1) {
      const open = files.filter(({ id }) => isOpen(answers.get(id)));
      const cost = { units: costs.read * open.length };
      const refused = await paced(cost, async (permit) => describe(permit, open, answers, signal), signal);
      if (!refused || attempt >= tries) break;
    }
    return files.map(({ id }) => answers.get(id)).filter((answer) => answer !== undefined);
  };

  /** Whether some of them were refused for the rate alone, which is told by their answers. */
  async function describe(
    permit: Permit,
    open: readonly FileRef[],
    answers: Map<string, DriveFileAnswer>,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const came = await drive.getFiles(open, signal);
    for (const answer of came) answers.set(answer.id, answer);
    const refusal = came.find((answer) => !answer.ok && isRateAnswer(answer.error));
    permit.settle(refusal?.ok === false ? refusal.error : "ok");
    return refusal !== undefined;
  }

  return {
    getFiles,
    openFile: (wanted, signal) =>
      paced(
        { units: costs.download },
        async (permit) => held(permit, await drive.openFile(wanted, signal)),
        signal,
      ),
    listFolder: (wanted, signal) =>
      call({ units: costs.list }, () => drive.listFolder(wanted, signal), signal),
    about: (signal) => call({ units: costs.read }, () => drive.about(signal), signal),
    findByProperty: (wanted, signal) =>
      call({ units: costs.list }, () => drive.findByProperty(wanted, signal), signal),
    reserveIds: (count, signal) =>
      call({ units: costs.other }, () => drive.reserveIds(count, signal), signal),
    createFolder: (folder, signal) =>
      call({ units: costs.write }, () => drive.createFolder(folder, signal), signal),
    upload: (wanted, signal) =>
      call({ units: costs.write, isUpload: true }, () => drive.upload(wanted, signal), signal),
    look: (wanted, signal) =>
      call({ units: costOfLook(costs, wanted) }, () => drive.look(wanted, signal), signal),
  };
}

function costOfLook(costs: QuotaCosts, look: DriveLook): number {
  switch (look.kind) {
    case "list":
      return costs.list;
    case "get":
    case "about":
      return costs.read;
    case "export":
      return costs.download;
  }
}

/** Keeps the permit until the bytes have come or were given up. */
function held(permit: Permit, opened: OpenedFile): OpenedFile {
  permit.answered();
  finished(opened.stream, { writable: false }, (error) => {
    permit.settle(error === null || error === undefined ? "ok" : outcomeOf(error));
  });
  return opened;
}

/** What a fault says of the provider: nothing, when it is ours or the call was given up. */
function outcomeOf(error: unknown): PaceOutcome {
  return error instanceof DriveError ? error : "dropped";
}

function isRateAnswer(error: unknown): boolean {
  return error instanceof DriveError && error.rateLimited && error.pauseMs === null;
}

function isOpen(answer: DriveFileAnswer | undefined): boolean {
  return answer === undefined || (!answer.ok && isRateAnswer(answer.error));
}
