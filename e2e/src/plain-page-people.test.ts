import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { connect, panel, signIn } from "./plain-page.ts";
import { takeScreenshot } from "./take-screenshot.ts";
import { useTrial } from "./use-trial.ts";

const NARROW_PX = 400;
const LINE_PX = 24;
const PASSWORD = "a password of twelve";
const { trial, newPage } = useTrial();

/** Invites on the page of an admin who is signed in. @returns the link */
async function invite(page: Page, email: string, role: "Admin" | "Member" = "Member"): Promise<string> {
  const people = panel(page, "People");
  await people.getByLabel("Invite somebody by e-mail").fill(email);
  await people.getByLabel("Role").selectOption({ label: role });
  await people.getByRole("button", { name: "Make a link" }).click();
  const link = people.getByLabel(`Send this link to ${email}`);
  await link.waitFor();
  return await link.inputValue();
}

async function join(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link);
  await page.getByRole("heading", { name: "Join the workspace" }).waitFor();
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("Password (12 characters or more)").fill(PASSWORD);
  await page.getByRole("button", { name: "Join" }).click();
}

const member = (page: Page, name: string) =>
  panel(page, "People").getByRole("listitem").filter({ hasText: name });

test("an admin invites, somebody joins and is signed in, and the admin removes them", async () => {
  const admin = await newPage();
  await admin.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn(admin, trial());
  const link = await invite(admin, "ina@example.com");
  await panel(admin, "People").getByRole("button", { name: "Copy link" }).click();
  await panel(admin, "People").getByRole("button", { name: "Copied" }).waitFor();
  expect(await admin.evaluate("navigator.clipboard.readText()")).toBe(link);
  await takeScreenshot(admin, "9-people-invited");

  const guest = await newPage();
  const asked: string[] = [];
  guest.on("request", (request) => asked.push(request.url()));
  await guest.goto(link);
  await takeScreenshot(guest, "10-join");
  await join(guest, link, "Ina Invited");
  await guest.getByRole("heading", { name: "Google Drives" }).and(guest.locator(":focus")).waitFor();
  await guest.getByText("ina@example.com").waitFor();
  expect(guest.url()).toBe(`${trial().url}/`);
  expect(asked.filter((url) => url.includes(link.split("=")[1] ?? link))).toEqual([]);
  expect(await panel(guest, "People").isVisible()).toBe(false);
  await connect(guest, "Allow");
  await guest.getByRole("radio", { name: "alice@example.com" }).waitFor();

  await admin.reload();
  await member(admin, "Ina Invited").getByRole("button", { name: "Remove Ina Invited" }).click();
  const dialog = admin.getByRole("dialog", { name: "Remove Ina Invited?" });
  await dialog.getByRole("button", { name: "Cancel" }).and(admin.locator(":focus")).waitFor();
  await takeScreenshot(admin, "11-removal");
  await admin.keyboard.press("Escape");
  expect(await member(admin, "Ina Invited").count()).toBe(1);
  await member(admin, "Ina Invited").getByRole("button", { name: "Remove Ina Invited" }).click();
  await dialog.getByRole("button", { name: "Remove" }).click();
  await member(admin, "Ina Invited").waitFor({ state: "detached" });
  await guest.getByRole("button", { name: "Disconnect alice@example.com" }).waitFor();
  guest.once("dialog", (asking) => void asking.accept());
  await guest.getByRole("button", { name: "Disconnect alice@example.com" }).click();
  await guest.getByRole("alert").getByText("You are signed out").waitFor();
});

test("a link that was used, or taken back, is told so, and the way to sign in stays open", async () => {
  const admin = await newPage();
  await signIn(admin, trial());
  const link = await invite(admin, "back@example.com");
  await panel(admin, "People")
    .getByRole("button", { name: "Take back the invitation of back@example.com" })
    .click();
  await member(admin, "back@example.com").waitFor({ state: "detached" });
  const guest = await newPage();
  await join(guest, link, "Late");
  await guest.getByRole("alert").getByText("not valid (any more)").waitFor();
  await guest.getByRole("button", { name: "Sign in with an account instead" }).click();
  await guest.getByRole("heading", { name: "Sign in" }).waitFor();
  expect(guest.url()).toBe(`${trial().url}/`);
  await admin.goto(`${link}-of-another`);
  await admin.getByRole("button", { name: "Sign in with an account instead" }).click();
  await admin.getByRole("heading", { name: "Google Drives" }).and(admin.locator(":focus")).waitFor();
});

test("what went wrong far down on a narrow page is brought into view, with a button of one line", async () => {
  const page = await newPage({ widthPx: NARROW_PX });
  await signIn(page, trial());
  await connect(page, "Allow");
  await panel(page, "In the Drive").getByText("Photos").waitFor();
  const people = panel(page, "People");
  await people.getByLabel("Invite somebody by e-mail").fill(trial().account.email);
  await people.getByRole("button", { name: "Make a link" }).click();
  const dismiss = page.getByRole("alert").getByRole("button", { name: "Dismiss" });
  await dismiss.waitFor();
  const box = await dismiss.boundingBox();
  expect(box?.y).toBeGreaterThanOrEqual(0);
  expect(box?.height).toBeLessThan(2 * LINE_PX);
});

test.each([
  [1280, "light"],
  [1280, "dark"],
  [NARROW_PX, "light"],
  [NARROW_PX, "dark"],
] as const)("people and invitations fit a page of %i pixels, %s", async (widthPx, colorScheme) => {
  const page = await newPage({ widthPx, colorScheme });
  await signIn(page, trial());
  const email = `somebody-with-a-very-long-address-indeed-${widthPx}-${colorScheme}@example.com`;
  const link = await invite(page, email, "Admin");
  await takeScreenshot(page, `12-people-${widthPx}-${colorScheme}`);
  const fits = async () =>
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(widthPx);
  await fits();
  const guest = await newPage({ widthPx, colorScheme });
  await guest.goto(link);
  await guest.getByRole("heading", { name: "Join the workspace" }).waitFor();
  await takeScreenshot(guest, `13-join-${widthPx}-${colorScheme}`);
  await join(guest, link, `Somebody With A Very Long Name Indeed ${widthPx} ${colorScheme}`);
  await guest.getByRole("heading", { name: "People" }).waitFor();
  await page.reload();
  await page
    .getByRole("button", { name: `Remove Somebody With A Very Long Name Indeed ${widthPx} ${colorScheme}` })
    .click();
  await page.getByRole("dialog").waitFor();
  await takeScreenshot(page, `14-removal-${widthPx}-${colorScheme}`);
  await fits();
});
