import { ApiError, call } from "./api.js";
import { createConnectionsPanel } from "./connections.js";
import { createDrivePanel } from "./drive.js";
import { byId, element } from "./element.js";
import { createJoinPanel } from "./join.js";
import { createLibraryPanel } from "./library.js";
import { createPeoplePanel } from "./people.js";

const drive = createDrivePanel({ attempt, onImported: () => library.refresh() });
const library = createLibraryPanel({ attempt, onExported: () => void drive.reload() });
const connections = createConnectionsPanel({
  attempt,
  async onChosen(id) {
    library.use(id);
    await drive.use(id);
  },
});

const people = createPeoplePanel({ attempt, onRemoved: () => library.refresh() });
const join = createJoinPanel({ attempt, onJoined: signIn });

/** Runs work that somebody asked for, and shows what went wrong. */
async function attempt(work) {
  hideProblem();
  try {
    await work();
  } catch (error) {
    await handle(error);
  }
}

async function handle(error) {
  if (error instanceof ApiError && error.code === "unauthenticated") {
    showWelcome();
    showProblem(new Error("You are signed out. Please sign in again."));
    return;
  }
  showProblem(error);
  // A grant that Google ended: the list of connections says which, and offers to connect again.
  if (error.requiresReauth) await connections.refresh().catch(showProblem);
}

function showProblem(error) {
  if (!(error instanceof ApiError)) console.error(error);
  const parts = [element("p", {}, error.message)];
  if (error.requestId) parts.push(element("p", { className: "soft" }, `Request id: ${error.requestId}`));
  const close = element("button", { type: "button", className: "quiet", onclick: hideProblem }, "Dismiss");
  byId("problem").replaceChildren(
    element("div", { className: "problem" }, element("div", {}, ...parts), close),
  );
  // Whoever works further down would not see it.
  byId("problem").scrollIntoView({ block: "nearest" });
}

function hideProblem() {
  byId("problem").replaceChildren();
}

function showWelcome() {
  connections.stopWaiting();
  library.forget();
  people.forget();
  void drive.use(null);
  for (const id of ["workspace", "account"]) byId(id).hidden = true;
  byId("welcome").hidden = false;
  byId("email").focus();
}

async function showWorkspace() {
  const me = await call("GET", "/api/v2/me");
  const { user } = me;
  byId("who").textContent = user.email ?? user.display_name;
  byId("welcome").hidden = true;
  for (const id of ["workspace", "account"]) byId(id).hidden = false;
  await Promise.all([connections.refresh(), library.refresh(), people.use(me)]);
}

async function signIn(account) {
  await call("POST", "/api/auth/sign-in/email", account);
  byId("password").value = "";
  await showWorkspace();
  byId("connections-title").focus();
}

async function signOut() {
  await call("POST", "/api/auth/sign-out", {});
  showWelcome();
}

function showJoin() {
  hideProblem();
  connections.stopWaiting();
  for (const id of ["workspace", "account", "welcome"]) byId(id).hidden = true;
  join.show();
}

/** @returns {Promise<boolean>} whether somebody is signed in */
async function resume() {
  try {
    await showWorkspace();
    return true;
  } catch (error) {
    // Nobody is signed in yet: no fault worth a word.
    if (error.code === "unauthenticated") showWelcome();
    else showProblem(error);
    return false;
  }
}

async function leaveJoin() {
  hideProblem();
  join.close();
  if (await resume()) byId("connections-title").focus();
}

byId("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  const account = { email: byId("email").value.trim(), password: byId("password").value };
  void attempt(() => signIn(account));
});
byId("sign-out").addEventListener("click", () => void attempt(signOut));
byId("join-not").addEventListener("click", () => void leaveJoin());
// A link that is pasted into a page which is open changes the fragment alone.
window.addEventListener("hashchange", () => {
  if (join.isWanted()) showJoin();
});
if (join.isWanted()) showJoin();
else void resume();
