import { ConsentAnswerError } from "./consent-answer-error.ts";
import { findAttribute, findLink } from "./page-tags.ts";
import { readConsentForm, readPickerForm } from "./read-page-forms.ts";

/** How a person answers the consent page. */
export interface ConsentAnswer {
  /** Where the app sends the browser. */
  readonly authorizationUrl: string | URL;
  /** Who is signing in; when left out, whom `login_hint` names, and else alice@example.com. */
  readonly email?: string;
  /** Presses Deny. */
  readonly deny?: boolean;
  /** Scopes to untick, in full or by their last part ("drive.readonly"). */
  readonly untick?: readonly string[];
  /** Ids of the files to pick, where the app has made picking a part of signing in (`trigger_onepick`). */
  readonly pick?: readonly string[];
}

/**
 * Walks through the pages of the sandbox as a person with a browser would: chooses the account, reads past a warning,
 * ticks and unticks, presses the button, picks files.
 *
 * @returns the address that the browser is sent back to; nothing is fetched from it
 * @throws ConsentAnswerError when the pages leave no room for a part of the answer: another account is signing in, a scope
 *   is not asked for, no files are to be picked, a code comes without a consent page on which to deny; Error with Google's
 *   error code when the sandbox shows its error page instead
 */
export async function approveConsent({
  authorizationUrl,
  email,
  deny = false,
  untick = [],
  pick = [],
}: ConsentAnswer): Promise<URL> {
  const start = new URL(authorizationUrl);
  requirePicker(start, pick);
  let page = await signIn(start, email);
  const warning = page.kind === "page" ? findLink(page.html, "proceed") : null;
  if (warning !== null) {
    page = await visit(new URL(warning, start));
  }
  if (page.kind === "redirect") {
    refuseUnasked(page.to, { deny, untick });
    return page.to;
  }
  const form = readConsentForm(page.html, untick);
  form.set("decision", deny ? "deny" : "allow");
  const decision = new URL("/o/oauth2/v2/auth/decision", start);
  let answer = await visit(decision, form);
  if (answer.kind === "page" && answer.html.includes('data-testid="picker-form"')) {
    if (pick.length === 0) {
      throw new ConsentAnswerError("pick", "the app wants files to be picked: name them in `pick`");
    }
    answer = await visit(decision, readPickerForm(answer.html, pick));
  }
  if (answer.kind === "page") {
    throw new Error("The sandbox did not send the browser back after the consent page");
  }
  return answer.to;
}

type Answer =
  | { readonly kind: "redirect"; readonly to: URL }
  | { readonly kind: "page"; readonly html: string };

/** Opens the address, and chooses the account where the sandbox asks for it. */
async function signIn(start: URL, email: string | undefined): Promise<Answer> {
  const first = await visit(start);
  if (first.kind === "redirect" || !first.html.includes('data-testid="account-')) {
    if (email !== undefined) await requireHinted(start, email);
    return first;
  }
  const person = email ?? "alice@example.com";
  const account = findLink(first.html, `account-${person}`);
  if (account === null) {
    throw new ConsentAnswerError("email", `the sandbox offers no account ${person}`);
  }
  return await visit(new URL(account, start));
}

/** Without a chooser whoever the app hints at signs in, and nobody else. */
async function requireHinted(start: URL, email: string): Promise<void> {
  const hint = start.searchParams.get("login_hint");
  if (hint === null) return;
  const hinted = hint.includes("@") ? hint : await emailOf(start, hint);
  if (hinted !== null && hinted.toLowerCase() !== email.toLowerCase()) {
    throw new ConsentAnswerError("email", `the login_hint signs ${hinted} in, not ${email}`);
  }
}

/** The e-mail of an account, by its subject; null when there is no such account. */
async function emailOf(start: URL, sub: string): Promise<string | null> {
  const page = await fetch(new URL(`/sandbox/account/${encodeURIComponent(sub)}`, start));
  return findAttribute(await page.text(), "p", "data-email");
}

function requirePicker(start: URL, [fileId]: readonly string[]): void {
  if (fileId === undefined || start.searchParams.get("trigger_onepick") === "true") return;
  throw new ConsentAnswerError("pick", `the app lets nobody pick files such as ${fileId} (trigger_onepick)`);
}

/** Where everything was allowed before, the app gets a code at once, and nothing can be denied or unticked any more. */
function refuseUnasked(
  back: URL,
  { deny, untick: [scope] }: { deny: boolean; untick: readonly string[] },
): void {
  if (!back.searchParams.has("code")) return;
  const reason = "as everything was allowed before, the app got a code without a consent page";
  if (deny) throw new ConsentAnswerError("deny", `true is no answer: ${reason}`);
  if (scope !== undefined) throw new ConsentAnswerError("untick", `${scope} cannot be unticked: ${reason}`);
}

async function visit(address: URL, form?: URLSearchParams): Promise<Answer> {
  const post = form === undefined ? {} : { method: "POST", body: form };
  const response = await fetch(address, { redirect: "manual", ...post });
  const location = response.headers.get("location");
  const html = await response.text();
  if (location !== null) {
    return { kind: "redirect", to: new URL(location, address) };
  }
  if (!response.ok) {
    const code = findAttribute(html, "p", "data-error") ?? `HTTP ${response.status}`;
    throw new Error(`The sandbox refused the authorization request: ${code}`);
  }
  return { kind: "page", html };
}
