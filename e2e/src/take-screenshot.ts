import { join } from "node:path";
import type { Page } from "playwright-core";

/** Keeps a picture of the whole page for people to look at, in the folder SCREENSHOTS; without it nothing happens. */
export async function takeScreenshot(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder === undefined || folder === "") return;
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true, animations: "disabled" });
}
