import { call } from "./api.js";
import { announce, byId, countText, element } from "./element.js";
import { createSelection } from "./selection.js";
import { createTransfers } from "./transfer.js";

const PAGE_SIZE = 24;

/**
 * The panel that shows the library, newest first, and exports pictures into a new folder of the Drive.
 * @param {{ attempt: (work: () => Promise<void>) => Promise<void>, onExported: () => void }} params
 */
export function createLibraryPanel({ attempt, onExported }) {
  const list = byId("library-list");
  const more = byId("library-more");
  const form = byId("export");
  const folderName = byId("folder-name");
  const selection = createSelection({ prefix: "library", verb: "Export", button: byId("export-button") });
  const region = byId("export-progress");
  const transfers = createTransfers({ region, type: "export", attempt, onArrived: onExported });
  let connectionId = null;

  async function load(offset) {
    const page = await call("GET", `/api/v2/user-files?limit=${PAGE_SIZE}&offset=${offset}`);
    if (offset === 0) {
      list.replaceChildren();
      selection.clearRows();
    }
    list.append(...page.files.map(tile));
    selection.refresh();
    more.hidden = !page.has_more;
    byId("library-empty").hidden = page.total_count > 0;
    byId("library-count").textContent = page.total_count > 0 ? countText(page.total_count, "picture") : "";
  }

  function tile({ id, filename, media_type: mediaType, dimensions }) {
    const box = element("input", { type: "checkbox", ariaLabel: filename });
    selection.add(id, id, box);
    const size = dimensions ?? {};
    const image = element("img", { alt: "", loading: "lazy", decoding: "async", ...size });
    // A format that browsers do not show, as HEIC or TIFF, is named instead.
    const named = element("span", { className: "unshown" }, mediaType);
    image.addEventListener("error", () => image.replaceWith(named), { once: true });
    image.src = `/api/v2/user-files/${id}/download`;
    const caption = element("bdi", { className: "name", title: filename }, filename);
    return element("li", {}, element("label", {}, box, image, caption));
  }

  async function exportPicked() {
    const imageIds = selection.values();
    const body = { connection_id: connectionId, image_ids: imageIds, folder_name: folderName.value.trim() };
    selection.setBusy(true);
    try {
      const words = countText(imageIds.length, "picture");
      const order = { path: "/api/v2/cloud-storage/export", body, words, total: imageIds.length };
      if (await transfers.run(order)) selection.reset();
    } finally {
      selection.setBusy(false);
    }
  }

  more.addEventListener(
    "click",
    () =>
      void attempt(async () => {
        const shown = list.childElementCount;
        await load(shown);
        list.children[shown]?.querySelector("input")?.focus();
        announce(`${countText(list.childElementCount - shown, "more picture")}.`);
      }),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (connectionId !== null) void attempt(exportPicked);
  });
  folderName.value = `Driveway ${new Date().toLocaleDateString("sv")}`;

  return {
    /** Reads the library anew. */
    refresh: () => attempt(() => load(0)),
    /** Names the Drive that exports go to; null means none, and exporting is not offered. */
    use(id) {
      connectionId = id;
      form.hidden = id === null;
      void transfers.use(id);
    },
    forget() {
      void transfers.use(null);
      list.replaceChildren();
      selection.clearRows();
      selection.reset();
    },
  };
}
