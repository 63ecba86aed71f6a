import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { digestsIn } from "./drive-contents.ts";
import { connect, decodedWidths, disconnect, enterFolders, panel, signIn } from "./plain-page.ts";
import { takeScreenshot } from "./take-screenshot.ts";
import { useTrial } from "./use-trial.ts";

const JOURNEY_TIMEOUT_MS = 90_000;
const EXPORT_FOLDER = "Back from the library";

const { trial, newPage } = useTrial();

/** Picks all of one folder and one picture of another, and imports them. */
async function importSix(page: Page): Promise<void> {
  const drive = panel(page, "In the Drive");
  await enterFolders(page, ["Photos", "2019", "Lisboa"]);
  await drive.getByRole("checkbox", { name: /IMG_/ }).first().waitFor();
  await drive.getByRole("checkbox", { name: "Select all listed" }).check();
  await page.getByRole("navigation", { name: "Folder" }).getByRole("button", { name: "My Drive" }).click();
  await enterFolders(page, ["Web", "stickers"]);
  await drive.getByRole("checkbox", { name: "sticker0001.gif" }).check();
  await drive.getByLabel("Tags").fill("holiday, Lisboa");
  await takeScreenshot(page, "3-picked");
  await drive.getByRole("button", { name: "Import 6 pictures" }).click();
  await drive.getByRole("progressbar", { name: "Importing 6 pictures" }).waitFor();
  await drive.getByText("Done: 6 pictures of 6").waitFor();
}

async function exportAll(page: Page): Promise<void> {
  const library = panel(page, "In the library");
  await library.getByRole("checkbox", { name: "Select all listed" }).check();
  await library.getByLabel("New folder in the Drive").fill(EXPORT_FOLDER);
  await library.getByRole("button", { name: "Export 6 pictures" }).click();
  await library.getByText("Done: 6 pictures of 6").waitFor();
}

test("a person refuses, connects, imports, sees and exports pictures", {
  timeout: JOURNEY_TIMEOUT_MS,
}, async () => {
  const page = await newPage();
  const library = panel(page, "In the library");
  await page.goto(trial().url);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await takeScreenshot(page, "1-welcome");
  await signIn(page, trial());

  await connect(page, "Deny");
  await page.getByRole("alert").getByText("denied").waitFor();
  await page.getByText("No Drive is connected yet").waitFor();
  await takeScreenshot(page, "2-denied");

  await connect(page, "Allow");
  await page.getByRole("radio", { name: "alice@example.com" }).waitFor();
  expect(await page.getByRole("alert").textContent()).toBe("");

  await importSix(page);
  await library.getByText("6 pictures", { exact: true }).waitFor();
  const widths = await decodedWidths(library.getByRole("list"));
  expect(widths).toHaveLength(6);
  expect(widths).not.toContain(0);
  await takeScreenshot(page, "4-imported");

  await exportAll(page);
  await takeScreenshot(page, "5-exported");
  const { sandbox } = trial();
  const sticker = digestsIn(sandbox, "stickers").get("sticker0001.gif");
  const wanted = new Map([...digestsIn(sandbox, "Lisboa"), ["sticker0001.gif", sticker]]);
  expect(digestsIn(sandbox, EXPORT_FOLDER)).toEqual(wanted);

  await disconnect(page);
  expect(await library.getByRole("listitem").count()).toBe(6);

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});
