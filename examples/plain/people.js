import { call } from "./api.js";
import { announce, byId, element } from "./element.js";

const MEMBERS = "/api/v2/members";
const INVITATIONS = "/api/v2/invitations";
const ROLES = { admin: "Admin", member: "Member" };

/** All rows of a list that comes in pages. */
async function readAll(path, name) {
  const rows = [];
  let cursor = null;
  do {
    const from = cursor === null ? "" : `&cursor=${cursor}`;
    const page = await call("GET", `${path}?limit=1000${from}`);
    rows.push(...page[name]);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return rows;
}

/**
 * The panel in which an admin sees who is in the workspace, invites and removes.
 * @param {{ attempt: (work: () => Promise<void>) => Promise<void>, onRemoved: () => Promise<void> }} params
 */
export function createPeoplePanel({ attempt, onRemoved }) {
  const panel = byId("people");
  const list = byId("people-list");
  const made = byId("invitation-made");
  const link = byId("invitation-link");
  const email = byId("invite-email");
  const removal = byId("removal");
  const withImages = byId("removal-images");
  let ownId = null;
  let leaving = null;

  async function load() {
    const [members, invitations] = await Promise.all([
      readAll(MEMBERS, "members"),
      readAll(INVITATIONS, "invitations"),
    ]);
    list.replaceChildren(...members.map(memberRow), ...invitations.map(invitationRow));
  }

  function row(name, facts, button) {
    const lines = [
      element("bdi", { className: "name", title: name }, name),
      element("span", { className: "soft" }, facts),
    ];
    return element("li", {}, element("span", { className: "lines" }, ...lines), ...button);
  }

  function memberRow(member) {
    const { id, email: address, display_name: name, role } = member;
    const facts = [ROLES[role], ...(address === null ? [] : [address]), ...(id === ownId ? ["you"] : [])];
    const remove = { type: "button", ariaLabel: `Remove ${name}`, onclick: () => askRemoval(member) };
    return row(name, facts.join(" · "), id === ownId ? [] : [element("button", remove, "Remove")]);
  }

  function invitationRow({ id, email: address, role, expires_at: expiresAt }) {
    const until = new Date(expiresAt).toLocaleDateString();
    const revoke = {
      type: "button",
      ariaLabel: `Take back the invitation of ${address}`,
      onclick: () => void attempt(() => revokeInvitation(id, address)),
    };
    return row(address, `${ROLES[role]} · invited until ${until}`, [element("button", revoke, "Take back")]);
  }

  async function invite() {
    hideLink();
    const body = { email: email.value.trim(), role: byId("invite-role").value };
    const { invitation, accept_url: address } = await call("POST", INVITATIONS, body);
    email.value = "";
    await load();
    link.value = address;
    byId("invitation-for").textContent = invitation.email;
    made.hidden = false;
    link.focus();
    link.select();
    announce(`The invitation for ${invitation.email} is ready. The link is shown this once.`);
  }

  async function revokeInvitation(id, address) {
    await call("DELETE", `${INVITATIONS}/${id}`);
    hideLink();
    await load();
    byId("people-title").focus();
    announce(`The invitation of ${address} was taken back.`);
  }

  async function copyLink() {
    link.select();
    try {
      await navigator.clipboard.writeText(link.value);
      announce("The link was copied.");
      byId("invitation-copy").textContent = "Copied";
    } catch {
      // Browsers give no clipboard to a page without TLS; what is selected can be copied by hand.
      link.focus();
      announce("The browser did not let the page copy. The link is selected; copy it yourself.");
    }
  }

  function hideLink() {
    made.hidden = true;
    link.value = "";
    byId("invitation-copy").textContent = "Copy link";
  }

  function askRemoval(member) {
    leaving = member;
    withImages.checked = false;
    byId("removal-name").textContent = member.display_name;
    removal.returnValue = "";
    removal.showModal();
  }

  async function remove({ id }, images) {
    const { message } = await call("DELETE", `${MEMBERS}/${id}?images=${images}`);
    await load();
    byId("people-title").focus();
    announce(message);
    await onRemoved();
  }

  byId("invite").addEventListener("submit", (event) => {
    event.preventDefault();
    void attempt(invite);
  });
  byId("invitation-copy").addEventListener("click", () => void copyLink());
  removal.addEventListener("close", () => {
    if (removal.returnValue !== "remove" || leaving === null) return;
    const images = withImages.checked ? "delete" : "keep";
    void attempt(() => remove(leaving, images));
  });

  return {
    /** Shows the panel to an admin, and to nobody else. */
    async use({ user, scopes }) {
      ownId = user.id;
      panel.hidden = !scopes.includes("admin");
      hideLink();
      if (!panel.hidden) await attempt(load);
    },
    forget() {
      panel.hidden = true;
      list.replaceChildren();
      hideLink();
    },
  };
}
