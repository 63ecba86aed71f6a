import { approveConsent, createSandbox, type Sandbox } from "@driveway/sandbox";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser } from "./open-browser.ts";
import { takeScreenshot } from "./take-screenshot.ts";

/** The narrowest that a page has to fit into without scrolling sideways (WCAG 2.2, 1.4.10). */
const NARROWEST_PX = 320;
const EMAIL = `${"long".repeat(45)}@long.test`;
const DRIVE = "https://www.googleapis.com/auth/drive";

let sandbox: Sandbox;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  sandbox = await createSandbox({
    library: "none",
    clientId: `${"client".repeat(20)}.apps`,
    clientSecret: "secret".repeat(20),
    accounts: [{ email: EMAIL, name: "Name".repeat(30) }],
    settings: { oauth: { unverifiedApp: true } },
  });
  const sub = sandbox.accounts.find(({ email }) => email === EMAIL)?.sub ?? "";
  sandbox.drive.addFile(sub, {
    name: "picture".repeat(20),
    mimeType: "image/png",
    content: Buffer.from("p"),
  });
  browser = await openBrowser();
  page = await browser.newPage({ viewport: { width: NARROWEST_PX, height: 640 } });
});
afterAll(async () => {
  await browser?.close();
  await sandbox?.close();
});

function authorizationUrl(): string {
  const query = new URLSearchParams({
    client_id: sandbox.clientId,
    redirect_uri: "http://127.0.0.1:4999/callback",
    response_type: "code",
    scope: `${DRIVE}.file`,
    prompt: "consent",
    trigger_onepick: "true",
  });
  return `${sandbox.origin}/o/oauth2/v2/auth?${query.toString()}`;
}

async function expectToFit(name: string): Promise<void> {
  // A page whose style sheet has not come yet is as wide as its longest word.
  await page.waitForLoadState("load");
  await takeScreenshot(page, `sandbox-${name}`);
  const width = await page.evaluate<number>("document.documentElement.scrollWidth");
  expect([name, width]).toEqual([name, NARROWEST_PX]);
}

describe("the sandbox's pages on a narrow screen", () => {
  it("do not overflow sideways, however long the names in them are", async () => {
    await page.goto(authorizationUrl());
    await expectToFit("chooser");
    await page.getByTestId(`account-${EMAIL}`).click();
    await expectToFit("warning");
    await page.getByTestId("proceed").click();
    await expectToFit("consent");
    await page.getByTestId("allow").click();
    await page.getByTestId("picker-form").waitFor();
    await expectToFit("picker");
    await page.goto(`${authorizationUrl()}&redirect_uri=twice`);
    await expectToFit("error");
    const [file] = sandbox.drive.listAll(sandbox.accounts.find(({ email }) => email === EMAIL)?.sub ?? "");
    await approveConsent({ authorizationUrl: authorizationUrl(), email: EMAIL, pick: [file?.id ?? ""] });
    await page.goto(sandbox.origin);
    await expectToFit("home");
    await page.getByText(EMAIL).click();
    await page.getByRole("button", { name: `Remove access of ${sandbox.clientId}` }).waitFor();
    await expectToFit("account");
  });
});
