/** How a person answers the consent page. */
export interface ConsentAnswer {
  /** Where the app sends the browser. */
  readonly authorizationUrl: string | URL;
  /** Who is signing in; alice@example.com when left out. */
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
 * @throws Error with Google's error code when the sandbox shows its error page instead
 */
export async function approveConsent({
  authorizationUrl,
  email = "alice@example.com",
  deny = false,
  untick = [],
  pick = [],
}: ConsentAnswer): Promise<URL> {
  const start = new URL(authorizationUrl);
  let page = await visit(start);
  const account = page.kind === "page" ? findLink(page.html, `account-${email}`) : null;
  if (account !== null) {
    page = await visit(new URL(account, start));
  }
  const warning = page.kind === "page" ? findLink(page.html, "proceed") : null;
  if (warning !== null) {
    page = await visit(new URL(warning, start));
  }
  if (page.kind === "redirect") {
    return page.to;
  }
  const form = readConsentForm(page.html, untick);
  form.set("decision", deny ? "deny" : "allow");
  const decision = new URL("/o/oauth2/v2/auth/decision", start);
  let answer = await visit(decision, form);
  if (answer.kind === "page" && answer.html.includes('data-testid="picker-form"')) {
    if (pick.length === 0) throw new Error("The app wants files to be picked: name them in `pick`");
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

async function visit(address: URL, form?: URLSearchParams): Promise<Answer> {
  const post = form === undefined ? {} : { method: "POST", body: form };
  const response = await fetch(address, { redirect: "manual", ...post });
  const location = response.headers.get("location");
  const html = await response.text();
  if (location !== null) {
    return { kind: "redirect", to: new URL(location, address) };
  }
  if (!response.ok) {
    const code = /data-error="([^"]*)"/.exec(html)?.[1] ?? `HTTP ${response.status}`;
    throw new Error(`The sandbox refused the authorization request: ${unescapeHtml(code)}`);
  }
  return { kind: "page", html };
}

function readConsentForm(html: string, untick: readonly string[]): URLSearchParams {
  const form = new URLSearchParams();
  for (const [tag] of html.matchAll(/<input[^>]*>/g)) {
    const value = attribute(tag, "value");
    const unticked = untick.some((scope) => value === scope || value.endsWith(`/auth/${scope}`));
    if (attribute(tag, "type") === "hidden" || !unticked) {
      form.append(attribute(tag, "name"), value);
    }
  }
  if (!form.has("request")) {
    throw new Error("The sandbox has no such account, or showed no consent page");
  }
  return form;
}

function readPickerForm(html: string, pick: readonly string[]): URLSearchParams {
  const form = new URLSearchParams([["decision", "pick"]]);
  const offered = new Set<string>();
  for (const [tag] of html.matchAll(/<input[^>]*>/g)) {
    if (attribute(tag, "type") === "hidden") form.append(attribute(tag, "name"), attribute(tag, "value"));
    else offered.add(attribute(tag, "value"));
  }
  for (const fileId of pick) {
    if (!offered.has(fileId)) throw new Error(`The picker of the sandbox does not offer the file ${fileId}`);
    form.append("picked", fileId);
  }
  return form;
}

function findLink(html: string, testId: string): string | null {
  const tags = [...html.matchAll(/<a [^>]*>/g)].map(([tag]) => tag);
  const link = tags.find((tag) => attribute(tag, "data-testid") === testId);
  return link === undefined ? null : attribute(link, "href");
}

function attribute(tag: string, name: string): string {
  return unescapeHtml(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? "");
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
