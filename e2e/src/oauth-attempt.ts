import { AttemptReply, StartAuthReply } from "@driveway/contract";
import { createApiClient } from "@driveway/demo/api-client";
import type { Page } from "playwright-core";
import type { Trial } from "./start-trial.ts";

const AUTH = "/api/v2/cloud-storage/auth/google_drive";

/** Where Google sends the browser back to. */
export function callbackAddress({ url }: Trial, parameters: Readonly<Record<string, string>>): string {
  return `${url}${AUTH}/callback?${new URLSearchParams(parameters).toString()}`;
}

/** Begins an attempt as a page of that origin does, but in no browser. */
export async function beginAttempt(
  { url, apiKey }: Trial,
  origin: string,
  more: Readonly<Record<string, string>> = {},
): Promise<StartAuthReply> {
  const reply = await fetch(`${url}${AUTH}`, {
    method: "POST",
    headers: { origin, authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ provider: "google_drive", ...more }),
  });
  return StartAuthReply.parse(await reply.json());
}

/** Begins an attempt from a page of Driveway's own origin, whose browser gets the cookie. */
export async function beginOnPage(
  page: Page,
  { apiKey }: Trial,
  more: Readonly<Record<string, string>> = {},
): Promise<StartAuthReply> {
  const request = {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ provider: "google_drive", ...more }),
  };
  const call = `fetch(${JSON.stringify(AUTH)}, ${JSON.stringify(request)}).then((reply) => reply.json())`;
  return StartAuthReply.parse(await page.evaluate(call));
}

/** How far an attempt is, by the account that began it. */
export async function statusOf({ url, apiKey }: Trial, state: string): Promise<AttemptReply["status"]> {
  const api = createApiClient({ url, apiKey, signal: new AbortController().signal });
  return (await api.call({ method: "GET", path: `${AUTH}/attempts/${state}`, reply: AttemptReply })).status;
}

/** Chooses an account on the consent page and presses a button. */
export async function answerConsent(
  page: Page,
  answer: "Allow" | "Deny",
  email = "alice@example.com",
): Promise<void> {
  await page.getByTestId(`account-${email}`).click();
  await page.getByRole("button", { name: answer }).click();
}
