import { call } from "./api.js";
import { connectDrive } from "./connect.js";
import { announce, byId, element } from "./element.js";

/**
 * The panel of connected Drives: connect, choose, disconnect.
 * @param {{ attempt: (work: () => Promise<void>) => Promise<void>, onChosen: (id: string | null) => Promise<void> }} params
 */
export function createConnectionsPanel({ attempt, onChosen }) {
  const connectButton = byId("connect");
  const wait = byId("connect-wait");
  let chosenId = null;
  let waiting = null;

  async function refresh() {
    const { connections } = await call("GET", "/api/v2/cloud-storage/connections?active_only=false");
    const usable = connections.filter((connection) => connection.is_active);
    const kept = usable.find((connection) => connection.id === chosenId) ?? usable[0];
    chosenId = kept?.id ?? null;
    byId("connections-list").replaceChildren(...connections.map(card));
    byId("connections-choice").hidden = connections.length === 0;
    byId("connections-empty").hidden = connections.length > 0;
    await onChosen(chosenId);
  }

  function card(connection) {
    const { id, provider_email: email, provider_display_name: name, is_active: active } = connection;
    const choose = () => {
      chosenId = id;
      void onChosen(id);
    };
    const radio = {
      type: "radio",
      name: "connection",
      checked: id === chosenId,
      disabled: !active,
      onchange: choose,
    };
    const lines = [element("bdi", { className: "name" }, name), element("bdi", { className: "soft" }, email)];
    if (!active)
      lines.push(element("span", { className: "badge" }, "Connect again: Google no longer accepts this"));
    const label = element(
      "label",
      {},
      element("input", radio),
      element("span", { className: "lines" }, ...lines),
    );
    const remove = { type: "button", onclick: () => disconnect(id, email), ariaLabel: `Disconnect ${email}` };
    return element("li", {}, label, element("button", remove, "Disconnect"));
  }

  function disconnect(id, email) {
    if (!window.confirm(`Disconnect ${email}? Pictures already imported stay in the library.`)) return;
    void attempt(async () => {
      const { message } = await call("DELETE", `/api/v2/cloud-storage/connections/${id}`);
      await refresh();
      connectButton.focus();
      announce(message);
    });
  }

  async function connect() {
    waiting?.abort();
    const current = new AbortController();
    waiting = current;
    const onWait = (text) => {
      if (current.signal.aborted) return;
      wait.hidden = false;
      byId("connect-text").textContent = text;
    };
    try {
      const connection = await connectDrive({ onWait, signal: current.signal });
      if (connection === null) return;
      chosenId = connection.id;
      announce(`${connection.provider_email} is connected.`);
      await refresh();
    } finally {
      if (waiting === current) stopWaiting();
    }
  }

  function stopWaiting() {
    waiting?.abort();
    waiting = null;
    wait.hidden = true;
  }

  connectButton.addEventListener("click", () => void attempt(connect));
  byId("connect-cancel").addEventListener("click", () => {
    stopWaiting();
    connectButton.focus();
  });

  return { refresh, stopWaiting };
}
