import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { openBrowser } from "./open-browser.ts";
import { startTrial, type Trial } from "./start-trial.ts";

const START_TIMEOUT_MS = 120_000;
/** Less than a test may take, so that a test which fails says at which step. */
const STEP_TIMEOUT_MS = 15_000;

/** What the tests of one file share: a trial and a browser, both real and both new. */
export interface SharedTrial {
  readonly trial: () => Trial;
  /** A page of a browser that has never been here. A fault of a script, or of the page's security policy, fails the test. */
  readonly newPage: (options?: { widthPx?: number; colorScheme?: "light" | "dark" }) => Promise<Page>;
}

/**
 * Starts a trial and a browser before the tests of this file and stops them after.
 * @param hostOrigins asked just before, for pages that may use the trial besides its own
 */
export function useTrial(hostOrigins: () => readonly string[] = () => []): SharedTrial {
  let started: { readonly trial: Trial; readonly browser: Browser } | null = null;
  let complaints: string[] = [];

  function running(): { readonly trial: Trial; readonly browser: Browser } {
    if (started === null) throw new Error("The trial has not started");
    return started;
  }

  beforeAll(async () => {
    const [trial, browser] = await Promise.all([startTrial({ hostOrigins: hostOrigins() }), openBrowser()]);
    started = { trial, browser };
  }, START_TIMEOUT_MS);

  afterEach(async () => {
    for (const context of running().browser.contexts()) await context.close();
    expect(complaints).toEqual([]);
  });

  afterAll(async () => {
    await started?.browser.close();
    await started?.trial.stop();
  }, START_TIMEOUT_MS);

  return {
    trial: () => running().trial,
    async newPage({ widthPx = 1280, colorScheme = "light" } = {}) {
      complaints = [];
      const viewport = { width: widthPx, height: 900 };
      const context = await running().browser.newContext({ viewport, colorScheme });
      context.on("weberror", (fault) => complaints.push(fault.error().message));
      context.on("console", (message) => {
        if (message.text().includes("Content Security Policy")) complaints.push(message.text());
      });
      context.setDefaultTimeout(STEP_TIMEOUT_MS);
      return await context.newPage();
    },
  };
}
