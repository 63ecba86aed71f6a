import { type Browser, chromium } from "playwright-core";
import { findChromium } from "./find-chromium.ts";

/** Keeps the browser from calling home. Its own sandbox needs rights that a container or root does not have. */
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Opens a headless browser with a new profile. */
export async function openBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: await findChromium(), args: ARGS });
}
