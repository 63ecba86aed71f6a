import type { MessagePort } from "node:worker_threads";
import type {
  AccountPace,
  Credential,
  DriveAccess,
  LentToken,
  PaceOutcome,
  UploadSession,
  UploadState,
} from "../../drives/index.ts";
import type { ByteMover } from "./byte-mover.ts";
import {
  type FromThread,
  type PlainOutcome,
  type PlainTask,
  plainOutcome,
  type ToThread,
  resultOf,
} from "./messages.ts";

/** Asks the main thread for something on behalf of a task. */
type Ask = (name: string, ...args: readonly unknown[]) => Promise<unknown>;

/**
 * Does in this thread what the main thread asks for, until that says stop. Tokens, and whatever else a drive needs of
 * the whole process, are asked for over the port and kept nowhere.
 */
export function serveBytes(params: { readonly port: MessagePort; readonly mover: ByteMover }): Promise<void> {
  const { port, mover } = params;
  const running = new Map<number, AbortController>();
  const asked = new Map<number, PromiseWithResolvers<PlainOutcome>>();
  let calls = 0;
  const tell = (message: FromThread) => port.postMessage(message);

  async function ask(id: number, name: string, args: readonly unknown[]): Promise<unknown> {
    calls += 1;
    const call = calls;
    const answer = Promise.withResolvers<PlainOutcome>();
    asked.set(call, answer);
    tell({ kind: "call", call, id, name, args });
    return resultOf(await answer.promise);
  }

  async function begin(id: number, task: PlainTask): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    const parts = {
      ask: (name: string, ...args: readonly unknown[]) => ask(id, name, args),
      onProgress: (bytes: number) => tell({ kind: "progress", id, bytes }),
      signal: controller.signal,
    };
    const outcome = await plainOutcome(() => perform(mover, task, parts));
    running.delete(id);
    tell({ kind: "end", id, outcome });
  }

  return new Promise((resolve) => {
    port.on("message", (message: ToThread) => {
      switch (message.kind) {
        case "begin":
          void begin(message.id, message.task);
          return;
        case "abort":
          running.get(message.id)?.abort(new Error("the task was aborted"));
          return;
        case "answer":
          asked.get(message.call)?.resolve(message.outcome);
          asked.delete(message.call);
          return;
        case "stop":
          port.close();
          resolve();
      }
    });
  });
}

function perform(
  mover: ByteMover,
  { access: plainAccess, ...wanted }: PlainTask,
  parts: { readonly ask: Ask; readonly onProgress: (bytes: number) => void; readonly signal: AbortSignal },
): Promise<unknown> {
  const { ask, onProgress, signal } = parts;
  const access: DriveAccess = { ...plainAccess, credential: credentialOver(ask), pace: paceOver(ask) };
  switch (wanted.kind) {
    case "receive":
      return mover.receive({ ...wanted.task, access, onProgress }, signal);
    case "send": {
      const { hasSession, ...task } = wanted.task;
      const upload = { ...task.upload, ...(hasSession ? { session: sessionOver(ask) } : {}) };
      return mover.send({ ...task, upload, access, onProgress }, signal);
    }
  }
}

function credentialOver(ask: Ask): Credential {
  return {
    current: () => ask("credential.current") as Promise<LentToken>,
    renew: (refused) => ask("credential.renew", refused) as Promise<LentToken>,
    async giveUp(refused) {
      await ask("credential.giveUp", refused);
    },
  };
}

/** The task's abort ends its waits in the main thread, where what is still open of a task is settled at its end. */
function paceOver(ask: Ask): AccountPace {
  return {
    async acquire(request) {
      const permit = await ask("pace.acquire", request);
      // A task that has ended has nothing to settle any more, and its call goes wrong.
      const tell = (name: string, ...args: readonly unknown[]) =>
        void ask(name, permit, ...args).catch(() => undefined);
      return {
        answered: () => tell("pace.answered"),
        settle: (outcome) =>
          tell("pace.settle", typeof outcome === "string" ? outcome : plainRefusal(outcome)),
      };
    },
  };
}

function plainRefusal(outcome: Exclude<PaceOutcome, string>): PaceOutcome {
  const { kind, reason, status, retryAfterMs, rateLimited, timedOut } = outcome;
  return { kind, reason, status, retryAfterMs, rateLimited, timedOut };
}

function sessionOver(ask: Ask): UploadSession {
  return {
    load: () => ask("session.load") as Promise<UploadState | null>,
    async save(state) {
      await ask("session.save", state);
    },
    async drop() {
      await ask("session.drop");
    },
  };
}
