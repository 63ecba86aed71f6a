import type { Page } from "playwright-core";
import { afterEach, expect, test } from "vitest";
import { connect, disconnect, enterFolders, panel, signIn } from "./plain-page.ts";
import { takeScreenshot } from "./take-screenshot.ts";
import { useTrial } from "./use-trial.ts";

/** So long that a page can be loaded and a button pressed meanwhile. */
const SLOW_MS = 60_000;
const NARROW_PX = 400;
const DOWNLOADS = "files.get.media";
const { trial, newPage } = useTrial();
afterEach(() => trial().sandbox.faults.clear());

/** Imports the folder that the panel shows, and agrees to what the page says of it. @returns what it said */
async function importWholeFolder(page: Page): Promise<string> {
  const question = page.waitForEvent("dialog");
  const pressed = panel(page, "In the Drive")
    .getByRole("button", { name: "Import the whole folder" })
    .click();
  const dialog = await question;
  await dialog.accept();
  await pressed;
  return dialog.message();
}

test("a job that runs is found again after a reload, and followed to its end", async () => {
  const { faults } = trial().sandbox;
  const page = await newPage();
  await signIn(page, trial());
  await connect(page, "Allow");
  await enterFolders(page, ["Photos", "2019", "Lisboa"]);
  faults.add({ route: DOWNLOADS, fault: { kind: "latency", ms: SLOW_MS } });
  expect(await importWholeFolder(page)).toMatch(/^5 pictures, .+ Import the folder/);
  const drive = panel(page, "In the Drive");
  await drive.getByText("Importing 0 of 5").waitFor();
  await page.reload();
  await drive.getByText("Importing 0 of 5").waitFor();
  await drive.getByRole("progressbar").waitFor();
  await takeScreenshot(page, "9-found-again");
  await page.setViewportSize({ width: NARROW_PX, height: 900 });
  await takeScreenshot(page, "9-found-again-narrow");
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(NARROW_PX);
  await drive.getByRole("button", { name: "Cancel" }).click();
  await drive.getByText("Cancelled: 0 pictures of 5").and(page.locator(":focus")).waitFor();
  await takeScreenshot(page, "10-cancelled");
  faults.clear();
  await enterFolders(page, ["Photos", "2019", "Lisboa"]);
  await importWholeFolder(page);
  await drive.getByText("Done: 5 pictures of 5").waitFor();
  await importWholeFolder(page);
  await drive.getByText("5 were in the library already.").waitFor();
  await drive.getByText("What was there already").click();
  expect(await drive.getByRole("group").getByRole("listitem").count()).toBe(5);
  await takeScreenshot(page, "11-there-already");
  await disconnect(page);
});

test("files that failed are named and can be tried again", async () => {
  const { faults } = trial().sandbox;
  const page = await newPage();
  await signIn(page, trial());
  await connect(page, "Allow");
  const drive = panel(page, "In the Drive");
  await enterFolders(page, ["Web", "stickers"]);
  faults.add({ route: DOWNLOADS, fault: { kind: "status", reason: "cannotDownloadFile" } });
  await drive.getByRole("checkbox", { name: "sticker0001.gif" }).check();
  await drive.getByRole("button", { name: "Import 1 picture" }).click();
  await drive.getByText("0 of 1 files imported").waitFor();
  await takeScreenshot(page, "12-try-again");
  faults.clear();
  await drive.getByRole("button", { name: "Try the failed files again" }).click();
  await drive.getByText("Done: 1 picture of 1").waitFor();
  await panel(page, "In the library").getByText("sticker0001.gif").waitFor();
  await disconnect(page);
});
