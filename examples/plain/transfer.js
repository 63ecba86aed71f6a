import { call } from "./api.js";
import { announce, countText, element, sizeText } from "./element.js";

const POLL_MS = 500;
const SHOWN_FAILURES = 100;
const ENDS = new Map([
  ["completed", "Done"],
  ["partial", "Done, with failures"],
  ["failed", "Failed"],
  ["cancelled", "Cancelled"],
]);

/**
 * Starts an import or export and shows how it goes until it has ended, whether the server did it at once or made a job.
 * The work does not depend on this page: it goes on when the page is closed.
 * @param {{ region: HTMLElement, total: number, verb: string, start: () => Promise<object> }} params
 * @returns {Promise<boolean>} whether at least one file arrived
 */
export async function runTransfer({ region, total, verb, start }) {
  const view = showProgress({ region, total, verb });
  try {
    const reply = await start();
    const end = reply.is_async ? await endOfJob(await followJob(reply.job_id, view)) : endOfReply(reply);
    view.end(end);
    return end.arrived > 0;
  } catch (error) {
    region.hidden = true;
    throw error;
  }
}

/** Asks until the job has ended; a connection that is lost meanwhile is waited for. */
async function followJob(jobId, view) {
  for (;;) {
    try {
      const { job } = await call("GET", `/api/v2/cloud-storage/jobs/${jobId}`);
      if (ENDS.has(job.status)) return job;
      view.advance(job);
    } catch (error) {
      if (error.code !== "unreachable") throw error;
      view.say("The server cannot be reached. The work goes on there; asking again …");
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function endOfReply({ message, total_files: total, failed_files: failures }) {
  return { text: message, arrived: total - failures.length, well: failures.length === 0, failures };
}

async function endOfJob(job) {
  const counts = `${countText(job.completed_files, "picture")} of ${job.total_files}, ${sizeText(job.bytes_done)}`;
  const text = `${ENDS.get(job.status)}: ${counts}.${job.error === null ? "" : ` ${job.error}`}`;
  const failures = job.failed_files > 0 ? await failuresOf(job) : [];
  return { text, arrived: job.completed_files, well: job.status === "completed", failures };
}

/** The failed files with their reasons; only the first hundred, since nobody reads more. */
async function failuresOf({ job_id: jobId }) {
  const failures = [];
  let cursor = null;
  do {
    const from = cursor === null ? "" : `&cursor=${cursor}`;
    const page = await call("GET", `/api/v2/cloud-storage/jobs/${jobId}/items?limit=1000${from}`);
    failures.push(...page.items.filter((item) => item.state === "failed"));
    cursor = page.next_cursor;
  } while (cursor !== null && failures.length < SHOWN_FAILURES);
  return failures.slice(0, SHOWN_FAILURES);
}

function showProgress({ region, total, verb }) {
  const words = `${verb} ${countText(total, "picture")}`;
  const bar = element("progress", { max: total });
  // The button that was pressed is off now, so the focus goes to what it began.
  const status = element("p", { className: "status", tabIndex: -1 }, `${words} …`);
  bar.setAttribute("aria-label", words);
  region.replaceChildren(status, bar);
  region.hidden = false;
  status.focus();
  announce(`${words}.`);
  let quarter = 0;

  return {
    advance(job) {
      const ended = job.completed_files + job.failed_files;
      const failed = job.failed_files === 0 ? "" : ` · ${job.failed_files} failed`;
      bar.value = ended;
      status.textContent = `${verb} ${ended} of ${job.total_files}${failed} · ${sizeText(job.bytes_done)}`;
      const reached = Math.floor((4 * ended) / job.total_files);
      if (reached > quarter && reached < 4) announce(`${reached * 25} percent.`);
      quarter = reached;
    },
    say(text) {
      status.textContent = text;
    },
    end({ text, well, failures }) {
      bar.value = total;
      status.textContent = text;
      status.classList.add(well ? "well" : "partly");
      announce(text);
      if (failures.length > 0) region.append(failureList(failures));
    },
  };
}

function failureList(failures) {
  const rows = failures.map(({ name, message }) =>
    element(
      "li",
      {},
      element("bdi", { className: "name" }, name),
      element("span", { className: "soft" }, message ?? ""),
    ),
  );
  const summary = element("summary", {}, "What failed, and why");
  return element("details", { open: true }, summary, element("ul", { className: "failures" }, ...rows));
}
