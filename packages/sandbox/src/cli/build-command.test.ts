import { describe, expect, it } from "vitest";
import { buildCommand } from "./build-command.ts";
import type { CliOptions } from "./cli-options.ts";

async function read(...args: readonly string[]): Promise<CliOptions> {
  const { promise, resolve } = Promise.withResolvers<CliOptions>();
  await buildCommand(async (options) => resolve(options)).parseAsync(["node", "driveway-sandbox", ...args]);
  return await promise;
}

describe("an option that takes several values", () => {
  it("takes them after one another and when it is given again", async () => {
    const { redirectUri, controlHost } = await read(
      ...["--redirect-uri", "http://localhost:1/a", "http://localhost:1/b"],
      ...["--control-host", "one", "--control-host", "two"],
    );
    expect(redirectUri).toEqual(["http://localhost:1/a", "http://localhost:1/b"]);
    expect(controlHost).toEqual(["one", "two"]);
  });

  it("is left out where nobody gives it", async () => {
    const options = await read("--port", "0");
    expect([options.redirectUri, options.controlHost]).toEqual([undefined, undefined]);
  });
});
