import { call } from "./api.js";
import { announce, byId, countText, element, sizeText } from "./element.js";
import { createSelection } from "./selection.js";
import { partialText } from "./job-words.js";
import { createTransfers } from "./transfer.js";

const FOLDER = "application/vnd.google-apps.folder";
const WANTED = `trashed = false and (mimeType = ${quote(FOLDER)} or mimeType contains 'image/')`;
const FIELDS = "nextPageToken,files(id,name,mimeType,size,imageMediaMetadata(width,height))";
const IMPORT = "/api/v2/cloud-storage/import";
const HOME = { kind: "folder", id: "root", name: "My Drive" };

/** A text as Drive's search language wants it: in quotes, with backslash and quote escaped. */
function quote(text) {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** A way to look into one connection through the picker proxy; the browser never holds a token of Google. */
function openDrive(connectionId) {
  let sessionId = null;

  async function newSession() {
    const path = `/api/v2/cloud-storage/connections/${connectionId}/picker-token?access_token=withhold`;
    return (await call("GET", path)).session.session_id;
  }

  /** A session that has run out is replaced once. */
  async function ask(endpoint, params, mayRenew = true) {
    sessionId ??= await newSession();
    try {
      const reply = await call("POST", "/api/v2/cloud-storage/picker-proxy", {
        session_id: sessionId,
        endpoint,
        params,
      });
      return reply.data;
    } catch (error) {
      if (!mayRenew || error.code !== "picker_session_invalid") throw error;
      sessionId = null;
      return await ask(endpoint, params, false);
    }
  }

  return function list(place, pageToken) {
    const where =
      place.kind === "search" ? `name contains ${quote(place.text)}` : `${quote(place.id)} in parents`;
    const page = pageToken === null ? {} : { pageToken };
    const order = { pageSize: 100, orderBy: "folder,name" };
    return ask("files", { q: `${where} and ${WANTED}`, fields: FIELDS, ...order, ...page });
  };
}

/**
 * The panel that browses a Drive, picks pictures and imports them.
 * @param {{ attempt: (work: () => Promise<void>) => Promise<void>, onImported: () => Promise<void> }} params
 *   `attempt` runs work and shows what goes wrong
 */
export function createDrivePanel({ attempt, onImported }) {
  const panel = byId("drive");
  const list = byId("drive-list");
  const more = byId("drive-more");
  const empty = byId("drive-empty");
  const whole = byId("import-folder");
  const selection = createSelection({ prefix: "drive", verb: "Import", button: byId("import-button") });
  const region = byId("import-progress");
  const transfers = createTransfers({ region, type: "import", attempt, onArrived: () => void onImported() });
  let connectionId = null;
  let listFiles = null;
  /** The folders on the way to what is shown, or a search at the end. */
  let trail = [HOME];
  let pageToken = null;
  /** Counts what was opened, so that a slow answer for an earlier folder is dropped. */
  let visit = 0;

  async function open(places, focus) {
    const current = ++visit;
    trail = places;
    pageToken = null;
    selection.clearRows();
    selection.refresh();
    list.replaceChildren();
    for (const part of [more, empty]) part.hidden = true;
    showTrail();
    whole.hidden = trail.length === 1 || trail.at(-1).kind !== "folder";
    if (focus) byId("drive-title").focus();
    await attempt(() => load(current));
  }

  async function load(current) {
    panel.setAttribute("aria-busy", "true");
    try {
      const page = await listFiles(trail.at(-1), pageToken);
      if (current !== visit) return;
      pageToken = page.nextPageToken ?? null;
      show(page.files);
    } finally {
      if (current === visit) panel.removeAttribute("aria-busy");
    }
  }

  function show(files) {
    for (const file of files) list.append(file.mimeType === FOLDER ? folderRow(file) : pictureRow(file));
    selection.refresh();
    more.hidden = pageToken === null;
    empty.hidden = list.childElementCount > 0 || pageToken !== null;
    const searched = trail.at(-1).kind === "search";
    empty.textContent = searched
      ? "Nothing by this name that Driveway can see."
      : "No pictures here that Driveway can see.";
    const folders = files.filter((file) => file.mimeType === FOLDER).length;
    const found = `${countText(folders, "folder")}, ${countText(files.length - folders, "picture")}`;
    announce(`${trail.at(-1).name}: ${found}${more.hidden ? "" : ", and more"}.`);
  }

  function showTrail() {
    const steps = trail.map((place, index) => {
      const last = index === trail.length - 1;
      const back = () => open(trail.slice(0, index + 1), true);
      const step = last
        ? element("span", { ariaCurrent: "location" }, place.name)
        : element("button", { type: "button", className: "link", onclick: back }, place.name);
      return element("li", {}, step);
    });
    byId("trail").replaceChildren(...steps);
  }

  function folderRow({ id, name }) {
    const enter = () =>
      open([...trail.filter((place) => place.kind === "folder"), { kind: "folder", id, name }], true);
    const icon = element("span", { className: "icon folder", ariaHidden: "true" });
    return element(
      "li",
      {},
      element("button", { type: "button", className: "row", onclick: enter }, icon, bidi(name)),
    );
  }

  function pictureRow(file) {
    const box = element("input", { type: "checkbox" });
    selection.add(file.id, file, box);
    const { width, height } = file.imageMediaMetadata ?? {};
    const facts = [width && `${width} × ${height}`, file.size && sizeText(Number(file.size))].filter(Boolean);
    const about = element("span", { className: "soft facts" }, facts.join(" · "));
    return element("li", {}, element("label", { className: "row" }, box, bidi(file.name), about));
  }

  async function importPicked() {
    const files = selection.values().map(({ id, name, mimeType, size }) => {
      const known = size === undefined ? {} : { size_bytes: Number(size) };
      return { id, name: name === "" ? id : name, mime_type: mimeType, ...known };
    });
    selection.setBusy(true);
    try {
      if (await runImport(files, countText(files.length, "picture"))) selection.reset();
    } finally {
      selection.setBusy(false);
    }
  }

  /** Says first what the import would bring. */
  async function importFolder() {
    const { id, name } = trail.at(-1);
    const files = [{ id, name: name === "" ? id : name }];
    whole.disabled = true;
    try {
      const plan = await call("POST", `${IMPORT}/plan`, { connection_id: connectionId, files });
      if (window.confirm(planWords(plan))) await runImport(files, `the folder ${name}`);
    } finally {
      whole.disabled = false;
    }
  }

  function runImport(files, words) {
    const tags = byId("tags")
      .value.split(",")
      .map((tag) => tag.trim())
      .filter((tag) => tag !== "");
    const body = { connection_id: connectionId, files, tags: [...new Set(tags)] };
    return transfers.run({ path: IMPORT, body, words, total: files.length });
  }

  more.addEventListener("click", () => void attempt(() => load(visit)));
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = byId("search-text").value.trim();
    const search = { kind: "search", text, name: `Search for “${text}”` };
    if (listFiles !== null) void open(text === "" ? [HOME] : [HOME, search], false);
  });
  byId("import").addEventListener("submit", (event) => {
    event.preventDefault();
    if (connectionId !== null) void attempt(importPicked);
  });
  whole.addEventListener("click", () => void attempt(importFolder));

  return {
    /** Shows another Drive from its top, or none. */
    async use(id) {
      if (id === connectionId) return;
      connectionId = id;
      panel.hidden = id === null;
      selection.reset();
      visit += 1;
      const found = transfers.use(id);
      if (id === null) return;
      listFiles = openDrive(id);
      await Promise.all([found, open([HOME], false)]);
    },
    /** Reads the folder shown anew. */
    async reload() {
      if (connectionId !== null) await open(trail, false);
    },
  };
}

/** What a folder's import would bring, as a question. */
function planWords(plan) {
  const { importable, duplicates, bytes, complete } = plan;
  const refused = Object.values(plan.unsupported).reduce((sum, count) => sum + count, 0);
  const parts = [
    `${complete ? "" : "At least "}${countText(importable, "picture")}, ${sizeText(bytes)}.`,
    ...(duplicates > 0
      ? [`${countText(duplicates, "picture")} of the folder are in the library already.`]
      : []),
    ...(refused > 0 ? [`${countText(refused, "file")} cannot be imported.`] : []),
    ...partialText(plan).map((text) => `${text}.`),
  ];
  return `${parts.join(" ")} Import the folder with all folders in it?`;
}

/** A name from the Drive, kept from turning the text around it. */
function bidi(name) {
  return element("bdi", { className: "name" }, name);
}
