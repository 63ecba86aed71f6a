import { expect, test } from "vitest";
import { connect, disconnect, enterFolders, panel, signIn } from "./plain-page.ts";
import { takeScreenshot } from "./take-screenshot.ts";
import { useTrial } from "./use-trial.ts";

const NARROW_PX = 400;
const { trial, newPage } = useTrial();

test("a wrong password is told with the request's id", async () => {
  const page = await newPage();
  await page.goto(trial().url);
  await page.getByLabel("E-mail address").fill(trial().account.email);
  await page.getByLabel("Password", { exact: true }).fill("not this one");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("Request id: ").waitFor();
  expect(await page.getByRole("heading", { name: "Sign in" }).isVisible()).toBe(true);
});

test("a blocked window is told, and nothing is begun", async () => {
  const page = await newPage();
  await page.addInitScript("window.open = () => null");
  await signIn(page, trial());
  const begun: string[] = [];
  page.on("request", (request) => begun.push(request.url()));
  await page.getByRole("button", { name: "Connect a Google Drive" }).click();
  await page.getByRole("alert").getByText("blocked").waitFor();
  expect(begun).toEqual([]);
});

test("a consent page that cuts the popup off from its opener still brings the connection", async () => {
  const { settings } = trial().sandbox;
  settings.change({ oauth: { crossOriginOpenerPolicy: "same-origin" } });
  try {
    const page = await newPage();
    await signIn(page, trial());
    const opened = page.waitForEvent("popup");
    await page.getByRole("button", { name: "Connect a Google Drive" }).click();
    const popup = await opened;
    await popup.getByTestId("account-alice@example.com").click();
    const closed = popup.waitForEvent("close");
    const allow = popup.getByRole("button", { name: "Allow" });
    await allow.waitFor();
    expect(await popup.evaluate("window.opener")).toBeNull();
    await page.getByText("Google’s window is closed.").waitFor();
    await allow.click();
    await closed;
    await page.getByRole("radio", { name: "alice@example.com" }).waitFor();
    await disconnect(page);
  } finally {
    settings.change({ oauth: { crossOriginOpenerPolicy: "none" } });
  }
});

test("the wait for the popup can be called off", async () => {
  const page = await newPage();
  await signIn(page, trial());
  const opened = page.waitForEvent("popup");
  await page.getByRole("button", { name: "Connect a Google Drive" }).click();
  const popup = await opened;
  await popup.getByTestId("account-alice@example.com").waitFor();
  await Promise.all([popup.waitForEvent("close"), page.getByRole("button", { name: "Cancel" }).click()]);
  expect(await page.getByRole("button", { name: "Cancel" }).isVisible()).toBe(false);
  expect(await page.getByRole("alert").textContent()).toBe("");
});

test("a file that cannot be imported is named with its reason", async () => {
  const page = await newPage();
  await signIn(page, trial());
  await connect(page, "Allow");
  const drive = panel(page, "In the Drive");
  await enterFolders(page, ["Awkward", "content"]);
  await drive.getByRole("checkbox", { name: "really a text.jpg" }).check();
  await drive.getByRole("checkbox", { name: "moving.gif" }).check();
  await drive.getByRole("button", { name: "Import 2 pictures" }).click();
  await drive.getByText("1 of 2 files imported").waitFor();
  const failure = drive.getByRole("group").getByRole("listitem");
  expect(await failure.count()).toBe(1);
  expect(await failure.textContent()).toMatch(/^really a text\.jpg.+/);
  await takeScreenshot(page, "6-failed-file");
  await disconnect(page);
});

test("a search takes quotes and markup as they are", async () => {
  const page = await newPage();
  await signIn(page, trial());
  await connect(page, "Allow");
  const drive = panel(page, "In the Drive");
  for (const name of [`it's a "quoted" name.jpg`, "<b>bold</b>&amp;.jpg", "back\\slash.jpg"]) {
    await drive.getByRole("searchbox", { name: "Search pictures by name" }).fill(name);
    await drive.getByRole("button", { name: "Search" }).click();
    await drive.getByRole("checkbox", { name }).waitFor();
    expect(await drive.getByRole("list", { name: "In the Drive" }).getByRole("checkbox").count()).toBe(1);
  }
  await disconnect(page);
});

test("a grant that was taken back is told, and the Drive can be connected again", async () => {
  const page = await newPage();
  await signIn(page, trial());
  await connect(page, "Allow");
  await panel(page, "In the Drive").getByRole("button", { name: "Photos", exact: true }).waitFor();
  trial().sandbox.revokeGrant("alice@example.com");
  await panel(page, "In the Drive").getByRole("button", { name: "Photos", exact: true }).click();
  await panel(page, "Google Drives").getByText("Connect again").waitFor();
  await takeScreenshot(page, "7-connect-again");
  await connect(page, "Allow");
  await page.getByRole("radio", { name: "alice@example.com" }).and(page.locator(":checked")).waitFor();
  await disconnect(page);
});

test("everything can be reached and done with the keyboard", async () => {
  const page = await newPage();
  await page.goto(trial().url);
  await page.getByLabel("E-mail address").and(page.locator(":focus")).waitFor();
  await page.keyboard.type(trial().account.email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(trial().account.password);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Google Drives" }).and(page.locator(":focus")).waitFor();
  await page.keyboard.press("Tab");
  await connect(page, "Allow", () => page.keyboard.press("Enter"));
  await page.getByRole("radio", { name: "alice@example.com" }).waitFor();
  await panel(page, "In the Drive").getByRole("button", { name: "Awkward" }).waitFor();
  // From Connect over the Drive's radio button, Disconnect, the search's text and its button to the first folder.
  for (let step = 0; step < 5; step += 1) await page.keyboard.press("Tab");
  await page.getByRole("button", { name: "Archive" }).and(page.locator(":focus")).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "In the Drive" }).and(page.locator(":focus")).waitFor();
  await disconnect(page);
});

test.each(["light", "dark"] as const)("on a narrow screen nothing stands out, %s", async (colorScheme) => {
  const page = await newPage({ widthPx: NARROW_PX, colorScheme });
  await signIn(page, trial());
  await connect(page, "Allow");
  await enterFolders(page, ["Awkward", "names"]);
  await panel(page, "In the Drive").getByRole("checkbox", { name: "CON.jpg" }).check();
  await takeScreenshot(page, `8-narrow-${colorScheme}`);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(NARROW_PX);
  await disconnect(page);
});
