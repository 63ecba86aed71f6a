import { countText, sizeText } from "./element.js";

const ENDS = new Map([
  ["completed", "Done"],
  ["partial", "Done, with failures"],
  ["failed", "Failed"],
  ["cancelled", "Cancelled"],
]);
const WAITS = new Map([
  ["waiting_for_worker", "Waits for a worker; the service is starting, or its operator has to look"],
  ["queued", "Waits for its turn"],
]);
const PAUSES = new Map([
  ["provider_failed", "Google has a fault of its own"],
  ["provider_rate_limited", "Google asked for a slower pace"],
  ["provider_daily_limit", "what this service may do at Google in a day is used up"],
  ["provider_timeout", "Google does not answer"],
  ["upload_limit_day", "the account has uploaded as much as Google takes in a day"],
  ["storage_unavailable", "the library cannot store pictures just now"],
  ["sealing_key_missing", "the service’s operator has to put a key back"],
  ["oauth_client_refused", "Google refuses this service; its operator has to mend it"],
  ["provider_api_disabled", "Google’s Drive API is not switched on; the service’s operator has to mend it"],
]);

/** Says of a running job how far it is, how fast, and what it waits for. */
export function progressWords(job) {
  const { total_files: total, failed_files: failed, skipped_files: skipped } = job;
  const ended = job.completed_files + failed;
  const counts = [
    job.details.state === "expanding" ? `${countText(ended, "file")} so far` : `${ended} of ${total}`,
    ...(skipped > 0 ? [`${skipped} there already`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  const rate = job.bytes_per_second === null ? [] : [`${sizeText(job.bytes_per_second)} a second`];
  const until = job.estimated_end_at === null ? [] : [`done at about ${timeText(job.estimated_end_at)}`];
  const about = [bytesText(job), ...rate, ...until, ...waitText(job.details), ...partialText(job.details)];
  return { ended, counts: counts.join(" · "), about: about.join(" · ") };
}

/** Says how a job ended. */
export function endWords(job, type) {
  const { completed_files: completed, skipped_files: skipped, total_files: total } = job;
  const moved = job.bytes_done > 0 ? `, ${sizeText(job.bytes_done)}` : "";
  const counts = `${countText(completed, "picture")} of ${total}${moved}`;
  const place = type === "import" ? "in the library" : "in the folder";
  const sentences = [
    `${ENDS.get(job.status)}: ${counts}.`,
    ...(skipped > 0 ? [`${skipped} ${skipped === 1 ? "was" : "were"} ${place} already.`] : []),
    ...(job.error === null ? [] : [job.error]),
    ...partialText(job.details).map((text) => `${text}.`),
  ];
  return sentences.join(" ");
}

/** Why a folder may hold more than is found in it, if that is so. */
export function partialText({ visibility }) {
  return visibility === "partial" ? ["Google shows only what was picked: the folder may hold more"] : [];
}

function bytesText({ bytes_done: done, bytes_total: total }) {
  return total > done ? `${sizeText(done)} of ${sizeText(total)}` : sizeText(done);
}

function waitText({ state, open_folders: folders, pause_code: code, paused_until: until }) {
  if (state === "expanding") return [`looking through ${countText(folders, "folder")}`];
  if (state !== "paused") return WAITS.has(state) ? [WAITS.get(state)] : [];
  return [`Paused: ${PAUSES.get(code) ?? code}; looks again at ${timeText(until)}`];
}

function timeText(moment) {
  return new Date(moment).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
