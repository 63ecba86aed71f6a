import { expect, test } from "vitest";
import { useTrial } from "./use-trial.ts";

const { trial, newPage } = useTrial();

test("the documentation shows the operations, and one can be tried out, under its own policy", async () => {
  const page = await newPage();
  await page.goto(`${trial().url}/docs`);
  const operation = page.locator("#operations-Health-livez");
  await operation.getByRole("button").first().click();
  await operation.getByRole("button", { name: "Execute" }).click();
  await operation
    .locator(".responses-table.live-responses-table .response-col_status")
    .getByText("200")
    .waitFor();
  expect(await page.getByText("/api/v2/audit-log").count()).toBeGreaterThan(0);
});
