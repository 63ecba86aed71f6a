import type { Locator, Page } from "playwright-core";
import type { Trial } from "./start-trial.ts";

/** Opens the plain page and signs in as a person would. */
export async function signIn(page: Page, { url, account }: Trial): Promise<void> {
  await page.goto(url);
  await page.getByLabel("E-mail address").fill(account.email);
  await page.getByLabel("Password", { exact: true }).fill(account.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Google Drives" }).waitFor();
}

/**
 * Presses Connect and answers on the consent page in the popup, which closes by itself.
 * @param press how the button is pressed; a click when left out
 */
export async function connect(
  page: Page,
  answer: "Allow" | "Deny",
  press = () => page.getByRole("button", { name: "Connect a Google Drive" }).click(),
): Promise<void> {
  const opened = page.waitForEvent("popup");
  await press();
  const popup = await opened;
  await popup.getByTestId("account-alice@example.com").click();
  const closed = popup.waitForEvent("close");
  await popup.getByRole("button", { name: answer }).click();
  await closed;
}

/** Takes Alice's Drive away again, whatever the page shows beside it. */
export async function disconnect(page: Page): Promise<void> {
  page.once("dialog", (dialog) => void dialog.accept());
  await page.getByRole("button", { name: "Disconnect alice@example.com" }).click();
  await page.getByText("No Drive is connected yet").waitFor();
}

/** The part of the page under a heading. */
export function panel(
  page: Page,
  name: "Google Drives" | "In the Drive" | "In the library" | "People",
): Locator {
  return page.getByRole("region", { name });
}

/** Goes down into folders from the folder that the Drive's panel shows. */
export async function enterFolders(page: Page, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await panel(page, "In the Drive").getByRole("button", { name, exact: true }).click();
    await page.getByRole("navigation", { name: "Folder" }).getByText(name, { exact: true }).waitFor();
  }
}

/** Waits until every picture of a list is decoded. @returns their widths in pixels; 0 is one that is not shown */
export async function decodedWidths(list: Locator): Promise<unknown[]> {
  const widths: unknown[] = [];
  for (const picture of await list.locator("img").all()) {
    await picture.scrollIntoViewIfNeeded();
    widths.push(
      await picture.evaluate("async (image) => { await image.decode(); return image.naturalWidth; }"),
    );
  }
  return widths;
}
