import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HostPage, startHostPage } from "./host-page.ts";
import { answerConsent, beginAttempt, callbackAddress, statusOf } from "./oauth-attempt.ts";
import { takeScreenshot } from "./take-screenshot.ts";
import { useTrial } from "./use-trial.ts";

/** A page at http://127.0.0.1 beside Driveway at http://localhost: for a browser, two sites. */
let host: HostPage;
/** Another page, which ALLOWED_ORIGINS does not name. */
let foreign: HostPage;

beforeAll(async () => {
  [host, foreign] = await Promise.all([startHostPage(), startHostPage()]);
});
afterAll(() => Promise.all([host.close(), foreign.close()]));

const { trial, newPage } = useTrial(() => [host.origin]);

async function open(page: Page, { origin }: HostPage): Promise<Page> {
  await page.goto(origin);
  await page.waitForFunction('document.title === "ready"');
  return page;
}

/** Presses the page's button, so to say. @returns the popup */
async function begin(page: Page): Promise<Page> {
  const [popup] = await Promise.all([
    page.waitForEvent("popup"),
    page.evaluate(`connect(${JSON.stringify(trial().url)}, ${JSON.stringify(`Bearer ${trial().apiKey}`)})`),
  ]);
  return popup;
}

async function stateIn(popup: Page): Promise<string> {
  await popup.waitForURL(/[?&]state=/);
  return new URL(popup.url()).searchParams.get("state") ?? "";
}

/** Makes the page believe in another secret; the one that came is in `secret`. @param expression of the page's language */
async function replaceSecret(page: Page, expression: string): Promise<void> {
  await page.evaluate(`
    read = Response.prototype.json;
    Response.prototype.json = async function () {
      const begun = await read.call(this);
      secret = begun.attempt_secret;
      return { ...begun, attempt_secret: ${expression} };
    };
    null;
  `);
}

const endsOf = (page: Page) => page.evaluate<Record<string, unknown>[]>("ends");
const hasEnded = (page: Page) => page.waitForFunction("ends.length > 0");

test("a page of another site connects in a popup, by the secret and without a cookie", async () => {
  const page = await open(await newPage(), host);
  const popup = await begin(page);
  const closed = popup.waitForEvent("close");
  await answerConsent(popup, "Allow");
  await Promise.all([closed, hasEnded(page)]);
  expect(await endsOf(page)).toMatchObject([
    { type: "oauth-complete", success: true, connection: { provider_email: "alice@example.com" } },
  ]);
  const cookies = await page.context().cookies(trial().url);
  expect(cookies.filter(({ name }) => name === "driveway_browser")).toEqual([]);
});

test("a refusal on Google's page gets to a page of another site in the same way", async () => {
  const page = await open(await newPage(), host);
  const popup = await begin(page);
  const closed = popup.waitForEvent("close");
  await answerConsent(popup, "Deny");
  await Promise.all([closed, hasEnded(page)]);
  expect(await endsOf(page)).toMatchObject([{ success: false, code: "access_denied" }]);
});

test("two popups at once end each for its own page", async () => {
  const first = await open(await newPage(), host);
  const second = await open(await first.context().newPage(), host);
  const [firstPopup, secondPopup] = [await begin(first), await begin(second)];
  await answerConsent(secondPopup, "Allow", "bob@example.com");
  await hasEnded(second);
  await answerConsent(firstPopup, "Allow");
  await hasEnded(first);
  expect(await endsOf(first)).toMatchObject([{ connection: { provider_email: "alice@example.com" } }]);
  expect(await endsOf(second)).toMatchObject([{ connection: { provider_email: "bob@example.com" } }]);
});

test("a host page that answers with a wrong secret gets nothing, and the attempt is not spoilt", async () => {
  const page = await open(await newPage(), host);
  await replaceSecret(page, JSON.stringify("w".repeat(43)));
  const popup = await begin(page);
  const state = await stateIn(popup);
  await answerConsent(popup, "Allow");
  await popup.getByText("did not begin this sign-in").waitFor();
  await popup.getByRole("button", { name: "Close" }).and(popup.locator(":focus")).waitFor();
  expect(await endsOf(page)).toEqual([]);
  expect(await statusOf(trial(), state)).toBe("pending");
  const closed = popup.waitForEvent("close");
  // The window may be gone before the browser has answered the press, which then fails: that it goes is what counts.
  await Promise.allSettled([closed, popup.keyboard.down("Enter")]);
  await closed;
});

test("an opener of a foreign origin hears nothing and can give no secret, not even the right one", async () => {
  const begun = await beginAttempt(trial(), host.origin);
  const page = await open(await newPage(), foreign);
  const [popup] = await Promise.all([
    page.waitForEvent("popup"),
    page.evaluate(`popup = window.open(${JSON.stringify(begun.authorization_url)}, "_blank"), null`),
  ]);
  const answer = { type: "oauth-attempt-secret", state: begun.state, attempt_secret: begun.attempt_secret };
  await page.evaluate(`setInterval(() => popup.postMessage(${JSON.stringify(answer)}, "*"), 50), null`);
  await answerConsent(popup, "Allow");
  await popup.getByText("does not answer").waitFor();
  await takeScreenshot(popup, "callback-no-answer");
  expect(await page.evaluate("heard")).toEqual([]);
  expect(await statusOf(trial(), begun.state)).toBe("pending");
});

test("a frame of the page at the right origin is not the opener, and its secret is not taken", async () => {
  const page = await open(await newPage(), host);
  await replaceSecret(page, "null");
  await page.evaluate(`
    opened = window.open;
    window.open = (...asked) => (popup = opened(...asked));
    frame = document.body.appendChild(document.createElement("iframe"));
    null;
  `);
  const popup = await begin(page);
  const state = await stateIn(popup);
  await page.evaluate(`
    frame.contentWindow.eval("setInterval(() => parent.popup.postMessage({ type: 'oauth-attempt-secret', state: '${state}', attempt_secret: parent.secret }, '*'), 50)"), null
  `);
  await answerConsent(popup, "Allow");
  await popup.getByText("does not answer").waitFor();
  expect(await statusOf(trial(), state)).toBe("pending");
});

test("a consent link that somebody was sent, opened by nobody, connects nothing", async () => {
  const begun = await beginAttempt(trial(), host.origin);
  const page = await newPage();
  await page.goto(begun.authorization_url);
  await answerConsent(page, "Allow");
  await page.getByText("lost the page that opened it").waitFor();
  await page.getByRole("button", { name: "Close" }).and(page.locator(":focus")).waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("leaves it to you").waitFor();
  expect(await statusOf(trial(), begun.state)).toBe("pending");
});

test("a popup whose opener has gone elsewhere meanwhile tells nobody", async () => {
  const page = await open(await newPage(), host);
  const popup = await begin(page);
  const state = await stateIn(popup);
  await open(page, foreign);
  await answerConsent(popup, "Allow");
  await popup.getByText("does not answer").waitFor();
  expect(await page.evaluate("heard")).toEqual([]);
  expect(await statusOf(trial(), state)).toBe("pending");
});

test("a full-page redirect of another site has no cookie, is told so, and leads nowhere", async () => {
  const begun = await beginAttempt(trial(), host.origin, { return_url: `${host.origin}/back` });
  expect(begun.attempt_secret).toBeNull();
  const page = await newPage();
  await page.goto(begun.authorization_url);
  await answerConsent(page, "Allow");
  await page.getByText("was not begun in this browser").waitFor();
  expect(page.url().startsWith(callbackAddress(trial(), {}))).toBe(true);
  expect(await statusOf(trial(), begun.state)).toBe("pending");
});
