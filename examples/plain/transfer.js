import { call } from "./api.js";
import { announce, countText, element } from "./element.js";
import { endWords, progressWords } from "./job-words.js";

const JOBS = "/api/v2/cloud-storage/jobs";
const POLL_MS = 500;
const TRIES = 3;
const SHOWN_FILES = 100;
const ENDED = new Set(["completed", "partial", "failed", "cancelled"]);

/**
 * Shows the transfers of one kind: those that this page begins, and those that go on since before it was opened. The
 * work does not depend on the page: it goes on when the page is closed, and the list of jobs finds it again.
 * @param {{ region: HTMLElement, type: "import" | "export", attempt: (work: () => Promise<void>) => Promise<void>,
 *   onArrived: () => void }} params `attempt` runs work and shows what goes wrong
 */
export function createTransfers({ region, type, attempt, onArrived }) {
  const verb = type === "import" ? "Importing" : "Exporting";
  /** Ends the asking for the jobs of the connection before. */
  let leaving = new AbortController();
  let connectionId = null;

  /** A part of the region for one transfer. */
  function newView(words, total) {
    const view = createView({ words, total, verb });
    region.append(view.part);
    region.hidden = false;
    return view;
  }

  /** Shows a job until it has ended. @returns {Promise<boolean>} whether at least one file arrived */
  async function follow(jobId, view) {
    const { signal } = leaving;
    view.offer("Cancel", () => attempt(() => call("POST", `${JOBS}/${jobId}/cancel`)));
    const job = await untilEnded({ jobId, view, signal });
    if (job === null) return false;
    await end(view, { job, text: endWords(job, type), well: job.status === "completed" });
    return job.completed_files > 0;
  }

  async function end(view, { job, text, well }) {
    view.end({ text, well, files: await toldFiles(job) });
    if (job.failed_files > 0) view.offer("Try the failed files again", () => attempt(() => retry(job, view)));
    if (job.completed_files > 0) onArrived();
  }

  async function retry({ job_id: jobId, total_files: total }, view) {
    await order(`${JOBS}/${jobId}/retry`);
    const again = createView({ words: `${verb} again`, total, verb });
    view.part.replaceWith(again.part);
    again.focus();
    await follow(jobId, again);
  }

  async function findRunning() {
    const of = `type=${type}&connection_id=${connectionId}`;
    const lists = ["pending", "in_progress"].map((status) => call("GET", `${JOBS}?${of}&status=${status}`));
    const { signal } = leaving;
    const jobs = (await Promise.all(lists)).flatMap((list) => list.jobs);
    if (signal.aborted) return;
    for (const job of jobs) {
      const view = newView(`${verb} ${countText(job.total_files, "file")}`, job.total_files);
      view.advance(job);
      void attempt(() => follow(job.job_id, view));
    }
  }

  return {
    /**
     * Asks for a transfer and shows how it goes, whether the server does it at once or makes a job.
     * @param {{ path: string, body: object, words: string, total: number }} params
     * @returns {Promise<boolean>} whether at least one file arrived
     */
    async run({ path, body, words, total }) {
      for (const ended of region.querySelectorAll(".ended")) ended.remove();
      const view = newView(`${verb} ${words}`, total);
      view.focus();
      announce(`${verb} ${words}.`);
      try {
        const reply = await order(path, body);
        if (reply.is_async) return await follow(reply.job_id, view);
        const { job } = await call("GET", `${JOBS}/${reply.import_job_id ?? reply.export_job_id}`);
        await end(view, { job, text: reply.message, well: job.failed_files === 0 });
        return job.completed_files > 0;
      } catch (error) {
        view.part.remove();
        throw error;
      }
    },
    /** Shows the transfers of another connection, or none. */
    async use(id) {
      if (id === connectionId) return;
      connectionId = id;
      leaving.abort();
      leaving = new AbortController();
      region.replaceChildren();
      region.hidden = true;
      if (id !== null) await attempt(findRunning);
    },
  };
}

/** Sends an order; when its answer is lost it goes out again under the same key, and nothing is made twice. */
async function order(path, body) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const key = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  for (let tries = 1; ; tries += 1) {
    try {
      return await call("POST", path, body, { "idempotency-key": key });
    } catch (error) {
      const isLost = error.code === "unreachable" || error.code === "idempotency_key_in_flight";
      if (!isLost || tries === TRIES) throw error;
      await pause();
    }
  }
}

/** Asks until the job has ended; a connection that is lost meanwhile is waited for. @returns null when called off */
async function untilEnded({ jobId, view, signal }) {
  while (!signal.aborted) {
    try {
      const { job } = await call("GET", `${JOBS}/${jobId}`);
      if (ENDED.has(job.status)) return signal.aborted ? null : job;
      view.advance(job);
    } catch (error) {
      if (signal.aborted) return null;
      if (error.code !== "unreachable") throw error;
      view.say("The server cannot be reached. The work goes on there; asking again …");
    }
    await pause();
  }
  return null;
}

function pause() {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

/** The files that failed or were left out; only the first hundred of each, since nobody reads more. */
async function toldFiles({ job_id: jobId, failed_files: failed, skipped_files: skipped }) {
  const wanted = { failed: Math.min(failed, SHOWN_FILES), skipped: Math.min(skipped, SHOWN_FILES) };
  const found = { failed: [], skipped: [] };
  const isEnough = () => Object.keys(wanted).every((state) => found[state].length >= wanted[state]);
  let cursor = "";
  while (cursor !== null && !isEnough()) {
    const page = await call("GET", `${JOBS}/${jobId}/items?limit=1000${cursor}`);
    for (const item of page.items) found[item.state]?.push(item);
    cursor = page.next_cursor === null ? null : `&cursor=${page.next_cursor}`;
  }
  return { failed: found.failed.slice(0, SHOWN_FILES), skipped: found.skipped.slice(0, SHOWN_FILES) };
}

function createView({ words, total, verb }) {
  const bar = element("progress", { max: Math.max(total, 1) });
  bar.setAttribute("aria-label", words);
  // The button that was pressed is off now, so the focus goes to what it began.
  const status = element("p", { className: "status", tabIndex: -1 }, `${words} …`);
  const facts = element("p", { className: "soft" });
  const offers = element("p", { className: "offers" });
  const part = element("div", { className: "job" }, status, bar, facts, offers);
  let quarter = 0;

  return {
    part,
    focus: () => status.focus(),
    advance(job) {
      const { ended, counts, about } = progressWords(job);
      // While folders are listed nobody knows how many files there will be: a bar without a value says so.
      if (job.details.state === "expanding") bar.removeAttribute("value");
      else Object.assign(bar, { max: Math.max(job.total_files, 1), value: ended });
      status.textContent = `${verb} ${counts}`;
      facts.textContent = about;
      const reached = Math.floor((4 * ended) / Math.max(job.total_files, 1));
      if (reached > quarter && reached < 4) announce(`${reached * 25} percent.`);
      quarter = reached;
    },
    say(text) {
      facts.textContent = text;
    },
    offer(text, act) {
      const press = async () => {
        // A button that is off loses the focus.
        status.focus();
        button.disabled = true;
        await act();
        button.disabled = false;
      };
      const button = element("button", { type: "button", onclick: () => void press() }, text);
      offers.replaceChildren(button);
    },
    end({ text, well, files }) {
      bar.remove();
      facts.remove();
      offers.replaceChildren();
      part.classList.add("ended");
      status.textContent = text;
      status.classList.add(well ? "well" : "partly");
      announce(text);
      if (files.failed.length > 0) offers.before(fileList("What failed, and why", files.failed, true));
      if (files.skipped.length > 0) offers.before(fileList("What was there already", files.skipped, false));
    },
  };
}

function fileList(title, files, open) {
  const rows = files.map(({ name, message }) => {
    const lines = [element("bdi", { className: "name" }, name)];
    if (message !== null) lines.push(element("span", { className: "soft" }, message));
    return element("li", {}, ...lines);
  });
  const summary = element("summary", {}, title);
  return element("details", { open }, summary, element("ul", { className: "failures" }, ...rows));
}
