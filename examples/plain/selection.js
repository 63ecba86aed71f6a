import { byId, countText } from "./element.js";

/**
 * What is ticked in one list of the page. It outlives the list: what was ticked in one folder stays ticked in the next.
 * @param {{ prefix: string, verb: string, button: HTMLElement }} params ids of the list's controls start with `prefix`
 */
export function createSelection({ prefix, verb, button }) {
  const picked = new Map();
  /** The rows shown now: id to what is picked and the box that picks it. */
  let listed = new Map();
  let busy = false;
  const all = byId(`${prefix}-all`);
  const clear = byId(`${prefix}-clear`);
  const tools = byId(`${prefix}-tools`);

  function refresh() {
    const rows = [...listed];
    const ticked = rows.filter(([id]) => picked.has(id)).length;
    for (const [id, { box }] of rows) box.checked = picked.has(id);
    all.disabled = rows.length === 0;
    tools.hidden = rows.length === 0 && picked.size === 0;
    all.checked = rows.length > 0 && ticked === rows.length;
    all.indeterminate = ticked > 0 && ticked < rows.length;
    clear.hidden = picked.size === 0;
    button.disabled = picked.size === 0 || busy;
    button.textContent = picked.size === 0 ? verb : `${verb} ${countText(picked.size, "picture")}`;
  }

  function set(id, thing, ticked) {
    if (ticked) picked.set(id, thing);
    else picked.delete(id);
  }

  function reset() {
    picked.clear();
    refresh();
  }

  all.addEventListener("change", () => {
    for (const [id, { thing }] of listed) set(id, thing, all.checked);
    refresh();
  });
  clear.addEventListener("click", () => {
    reset();
    button.closest("section").querySelector("h2").focus();
  });
  refresh();

  return {
    /** Lets `box` pick `thing` while its row is shown. */
    add(id, thing, box) {
      listed.set(id, { thing, box });
      box.addEventListener("change", () => {
        set(id, thing, box.checked);
        refresh();
      });
    },
    /** Forgets the rows, not what is picked. */
    clearRows() {
      listed = new Map();
    },
    values: () => [...picked.values()],
    refresh,
    reset,
    /** While busy, nothing more is sent. */
    setBusy(value) {
      busy = value;
      refresh();
    },
  };
}
