import { setTimeout as delay } from "node:timers/promises";
import type { BlobStore } from "../../blobs/index.ts";
import type { Drive } from "../../drives/index.ts";
import { inspectImage } from "../../library/inspect/index.ts";
import type { ReceiveAnswer, ReceiveTask } from "./byte-mover.ts";
import { decideAfterBreak } from "./decide-after-break.ts";
import { isIntact } from "./intake.ts";
import { pour } from "./pour.ts";
import { createReceivingPlace, type ReceivingPlace } from "./receiving-place.ts";
import { reportNowAndThen } from "./report-now-and-then.ts";
import { tookTooLong, totalTimeoutMs } from "./total-timeout.ts";

const FIRST_PAUSE_MS = 250;

type Parts = { readonly drive: Drive; readonly blobs: BlobStore };
type Task = Omit<ReceiveTask, "access">;
/** How the bytes came to an end; `announcedBytes` is the size as far as anybody named it. */
type Fetched = { readonly announcedBytes: number | null } | "too_large" | "not_intact";

class TooLarge extends Error {}

/** See {@link ByteMover.receive}. Memory does not grow with the file. */
export async function receiveBlob(parts: Parts, task: Task, signal: AbortSignal): Promise<ReceiveAnswer> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(tookTooLong()), totalTimeoutMs(task.file.sizeBytes));
  const place = createReceivingPlace(parts.blobs, task);
  try {
    const active = AbortSignal.any([signal, late.signal]);
    const fetched = await fetchThroughBreaks({ drive: parts.drive, place }, task, active);
    if (typeof fetched === "string") return { kind: "refused", reason: fetched };
    return await keep(place, task, { ...fetched, signal: active });
  } finally {
    clearTimeout(timer);
    await place.discard();
  }
}

/** Compares, describes and commits. */
async function keep(
  place: ReceivingPlace,
  { file }: Task,
  { announcedBytes, signal }: { readonly announcedBytes: number | null; readonly signal: AbortSignal },
): Promise<ReceiveAnswer> {
  const staged = await place.finish();
  const { sample, ...measured } = place.intake.read();
  if (!isIntact(file, announcedBytes, { sample, ...measured }))
    return { kind: "refused", reason: "not_intact" };
  const inspected = await inspectImage(sample);
  if (inspected === null) return { kind: "refused", reason: "not_an_image" };
  signal.throwIfAborted();
  await staged.commit();
  return { kind: "received", blob: { ...measured, ...inspected } };
}

/**
 * Fetches the bytes, over as many connections as it takes: after a break the next one goes on where the last one ended.
 */
async function fetchThroughBreaks(
  parts: { readonly drive: Drive; readonly place: ReceivingPlace },
  task: Task,
  signal: AbortSignal,
): Promise<Fetched> {
  const { place } = parts;
  const { file } = task;
  const canResume = task.exportAs === null && (file.sha256 ?? file.md5) !== null;
  const report = reportNowAndThen(task.onProgress);
  let furthest = 0;
  for (let fruitless = 0; ; ) {
    const fromByte = place.intake.sizeBytes;
    const end = await fetchOnce(parts, { ...task, onProgress: report }, signal);
    if (!("fault" in end)) return end.fetched;
    signal.throwIfAborted();
    if (end.fault instanceof TooLarge) return "too_large";
    // A Content-Length that promised more than there is breaks every connection at the very end.
    if (file.sizeBytes !== null && place.intake.sizeBytes === file.sizeBytes) {
      return { announcedBytes: file.sizeBytes };
    }
    fruitless = place.intake.sizeBytes > furthest ? 1 : fruitless + 1;
    furthest = Math.max(furthest, place.intake.sizeBytes);
    const decision = decideAfterBreak({ ...end, fruitless, fromByte, canResume });
    if (decision === "give_up") throw end.fault;
    if (decision === "begin_anew") await place.beginAnew();
    const longestMs = FIRST_PAUSE_MS * 2 ** fruitless;
    await delay((longestMs / 2) * (1 + Math.random()), undefined, { signal });
  }
}

type OnceEnd =
  | { readonly fetched: Fetched }
  /** `wasOpen`: the fault came after the first byte could have come. */
  | { readonly fault: unknown; readonly wasOpen: boolean };

/** Fetches over one connection what has not come yet. */
async function fetchOnce(
  { drive, place }: { readonly drive: Drive; readonly place: ReceivingPlace },
  task: Task,
  signal: AbortSignal,
): Promise<OnceEnd> {
  const { file, exportAs } = task;
  const { intake } = place;
  let wasOpen = false;
  try {
    const how = { ...(exportAs === null ? {} : { exportAs }), fromByte: intake.sizeBytes };
    const opened = await drive.openFile({ file, ...how }, signal);
    wasOpen = true;
    if (intake.sizeBytes > 0 && isAnother(file.sizeBytes, opened.totalBytes)) {
      opened.stream.on("error", () => {}).destroy();
      return { fetched: "not_intact" };
    }
    const staged = await place.stage().catch((fault: unknown) => {
      opened.stream.on("error", () => {}).destroy();
      throw fault;
    });
    const take = (chunk: Buffer) => {
      intake.take(chunk);
      if (intake.sizeBytes > task.maxFileBytes) throw new TooLarge("the file is larger than it may be");
      task.onProgress(intake.sizeBytes);
    };
    await pour(opened.stream, staged.stream, { take, idleMs: task.idleMs, signal });
    return { fetched: { announcedBytes: exportAs === null ? file.sizeBytes : opened.sizeBytes } };
  } catch (fault) {
    return { fault, wasOpen };
  }
}

/** A rest that belongs to a file of another size belongs to another revision. */
function isAnother(knownBytes: number | null, totalBytes: number | null): boolean {
  return knownBytes !== null && totalBytes !== null && knownBytes !== totalBytes;
}
