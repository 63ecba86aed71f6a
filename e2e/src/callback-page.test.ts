import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { answerConsent, beginAttempt, beginOnPage, callbackAddress, statusOf } from "./oauth-attempt.ts";
import { takeScreenshot } from "./take-screenshot.ts";
import { useTrial } from "./use-trial.ts";

const MANY_PAGES_TIMEOUT_MS = 120_000;
/** The narrowest that a page has to fit into without scrolling sideways (WCAG 2.2, 1.4.10). */
const NARROWEST_PX = 320;
const PARAMETERS = ["code", "state", "error", "error_description", "iss", "scope", "extra"];
const PAYLOADS = [
  "<script>pwned()</script>",
  "</script><script>pwned()</script>",
  '</script><script type="module">pwned()</script>',
  "</ScRiPt ><img src=x onerror=pwned()>",
  "<!--<script>pwned()</script>",
  "--><script>pwned()</script><!--",
  "<![CDATA[<script>pwned()</script>]]>",
  "<img src=x onerror=pwned()>",
  "<svg onload=pwned()>",
  "<svg><script>pwned()</script></svg>",
  "<template><script>pwned()</script></template>",
  '<iframe srcdoc="<script>parent.pwned()</script>">',
  "<a href=javascript:pwned() autofocus onfocus=pwned()>x</a>",
  "javascript:pwned()",
  '"><body onload=pwned()>',
  "' onmouseover=pwned() x='",
  '"}}</script>{"message":{"success":true}}',
  '\\u003cscript>pwned()\\u003c/script>\\"',
  "\u2028pwned()\u2029//",
  "\u0024{pwned()}`;pwned();//",
  "</style><style>*{display:none}</style>",
  "</title><base href=//evil.example><meta http-equiv=refresh content=0;url=javascript:pwned()>",
  "%3Cscript%3Epwned()%3C/script%3E",
  "\u0000<script\u0000>pwned()</script>",
];

const { trial, newPage } = useTrial();

/** Which elements a page is made of. */
const shapeOf = (page: Page) =>
  page.evaluate<string>(
    '[...document.querySelectorAll("*")].map((one) => one.outerHTML.match(/^<\\w+/)[0]).join(" ")',
  );

/** Makes a page that remembers whether anything of a parameter ran. */
async function newWatchedPage(): Promise<{ page: Page; ran: string[] }> {
  const page = await newPage();
  const ran: string[] = [];
  await page.exposeFunction("pwned", () => ran.push(page.url()));
  page.on("dialog", (dialog) => {
    ran.push(dialog.message());
    void dialog.dismiss();
  });
  return { page, ran };
}

describe("what a parameter of the callback page says", () => {
  test.each(PARAMETERS)(
    "is neither run nor markup where no attempt is known: %s",
    {
      timeout: MANY_PAGES_TIMEOUT_MS,
    },
    async (name) => {
      const { page, ran } = await newWatchedPage();
      await page.goto(callbackAddress(trial(), { state: "unknown", code: "x" }));
      const shape = await shapeOf(page);
      for (const payload of PAYLOADS) {
        await page.goto(callbackAddress(trial(), { state: "unknown", code: "x", [name]: payload }));
        await page.getByRole("heading", { name: "Not connected" }).waitFor();
        expect([payload, await shapeOf(page)]).toEqual([payload, shape]);
      }
      expect(ran).toEqual([]);
    },
  );

  test("is neither run nor markup at the end of an attempt, and is shown as the text that it is", {
    timeout: MANY_PAGES_TIMEOUT_MS,
  }, async () => {
    const { page, ran } = await newWatchedPage();
    let shape = "";
    for (const payload of ["an ordinary sentence", ...PAYLOADS]) {
      await page.goto(`${trial().url}/icon.svg`);
      const { state } = await beginOnPage(page, trial());
      const said = { error: payload, error_description: payload, scope: payload, extra: payload };
      await page.goto(callbackAddress(trial(), { state, ...said }));
      await page.getByRole("heading", { name: "Not connected" }).waitFor();
      if (shape === "") shape = await shapeOf(page);
      expect([payload, await shapeOf(page)]).toEqual([payload, shape]);
      const shown = await page.locator("#text").textContent();
      expect(shown).toBe(payload.replace(/\p{Cc}/gu, " "));
      expect(await statusOf(trial(), state)).toBe("failed");
    }
    expect(ran).toEqual([]);
  });

  test("is neither run nor markup where the opener is asked first, and stands nowhere on the page", {
    timeout: MANY_PAGES_TIMEOUT_MS,
  }, async () => {
    const { page, ran } = await newWatchedPage();
    const { state } = await beginAttempt(trial(), trial().url);
    let shape = "";
    for (const payload of ["an ordinary sentence", ...PAYLOADS]) {
      const said = { code: payload, error: payload, error_description: payload, scope: payload };
      await page.goto(callbackAddress(trial(), { state, ...said }));
      await page.getByText("lost the page that opened it").waitFor();
      if (shape === "") shape = await shapeOf(page);
      expect([payload, await shapeOf(page)]).toEqual([payload, shape]);
      const written = await page.evaluate<string>("document.documentElement.outerHTML");
      for (const text of [state, payload]) expect(written).not.toContain(text);
    }
    expect(ran).toEqual([]);
    expect(await statusOf(trial(), state)).toBe("pending");
  });
});

test.each(["light", "dark"] as const)(
  "fits a narrow screen with the longest texts, %s",
  async (colorScheme) => {
    const page = await newPage({ widthPx: NARROWEST_PX, colorScheme });
    for (const description of ["W".repeat(400), "a few words ".repeat(40)]) {
      await page.goto(`${trial().url}/icon.svg`);
      const { state } = await beginOnPage(page, trial());
      await page.goto(callbackAddress(trial(), { state, error: "odd", error_description: description }));
      await page.getByRole("button", { name: "Close" }).and(page.locator(":focus")).waitFor();
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(NARROWEST_PX);
      await takeScreenshot(page, `callback-${colorScheme}-${description.length}`);
    }
  },
);

test("a full-page redirect brings the browser back with the connection, or with the reason", async () => {
  const page = await newPage();
  const returnUrl = `${trial().url}/?from=connect`;
  await page.goto(`${trial().url}/icon.svg`);
  const refused = await beginOnPage(page, trial(), { return_url: returnUrl });
  await page.goto(refused.authorization_url);
  await answerConsent(page, "Deny");
  await page.waitForURL(`${returnUrl}&status=failed&error=access_denied`);

  const begun = await beginOnPage(page, trial(), { return_url: returnUrl });
  await page.goto(begun.authorization_url);
  await answerConsent(page, "Allow");
  await page.waitForURL(/&status=succeeded/);
  const { searchParams } = new URL(page.url());
  expect([...searchParams.keys()]).toEqual(["from", "status", "connection_id"]);
  expect(await page.evaluate("document.referrer")).toBe("");
  expect(await statusOf(trial(), begun.state)).toBe("succeeded");
});
