import { call } from "./api.js";
import { byId } from "./element.js";

const FRAGMENT = /^#invitation=([A-Za-z0-9_-]+)$/;

/** The token of the invitation that the page's address carries, or null. */
function tokenInAddress() {
  return FRAGMENT.exec(location.hash)?.[1] ?? null;
}

/**
 * The panel in which somebody who was invited joins the workspace. The token stands in the address's fragment, which
 * browsers send to nobody.
 * @param {{ attempt: (work: () => Promise<void>) => Promise<void>,
 *   onJoined: (account: { email: string, password: string }) => Promise<void> }} params
 */
export function createJoinPanel({ attempt, onJoined }) {
  const panel = byId("join");
  const password = byId("join-password");

  async function join() {
    const body = {
      token: tokenInAddress() ?? "",
      display_name: byId("join-name").value.trim(),
      password: password.value,
    };
    const { member } = await call("POST", "/api/v2/invitations/accept", body);
    password.value = "";
    close();
    await onJoined({ email: member.email, password: body.password });
  }

  function close() {
    panel.hidden = true;
    history.replaceState(null, "", location.pathname + location.search);
  }

  byId("join-form").addEventListener("submit", (event) => {
    event.preventDefault();
    void attempt(join);
  });

  return {
    isWanted: () => tokenInAddress() !== null,
    show() {
      panel.hidden = false;
      byId("join-name").focus();
    },
    /** Leaves the invitation alone, for those who have an account. */
    close,
  };
}
