import { describe, expect, it } from "vitest";
import { createSandbox } from "./create-sandbox.ts";

/** Starts a sandbox with options that no types have looked at. */
async function startWith(options: unknown): Promise<void> {
  const sandbox = await createSandbox(options as Parameters<typeof createSandbox>[0]);
  await sandbox.close();
}

describe("the options of a sandbox", () => {
  it.each<[options: Readonly<Record<string, unknown>>, words: RegExp]>([
    [{ bogus: 1 }, /^unknown option "bogus"$/],
    [{ dataDirectory: "kept" }, /^unknown option "dataDirectory"$/],
    [{ host: "" }, /^host: must not be empty$/],
    [{ host: 5 }, /^host: /],
    [{ port: 70_000 }, /^port: /],
    [{ publicOrigin: "sandbox:8090" }, /^publicOrigin: /],
    [{ clientId: "" }, /^clientId: /],
    [{ seed: Number.NaN }, /^seed: /],
    [{ seed: 1.5 }, /^seed: /],
    [{ seed: "1" }, /^seed: /],
    [{ accessTokenLifetimeSeconds: -5 }, /^accessTokenLifetimeSeconds: /],
    [{ accessTokenLifetimeSeconds: Number.NaN }, /^accessTokenLifetimeSeconds: /],
    [{ redirectUris: [] }, /^redirectUris: names no address/],
    [{ clients: [{ clientId: "a" }] }, /^clients\.0\.clientSecret: /],
    [{ clients: [{ clientId: "a", clientSecret: "b", redirectUris: [] }] }, /^clients\.0\.redirectUris: /],
    [{ now: 5 }, /^now: must be a function/],
    [{ now: () => Number.NaN }, /^now: must be a function/],
    [{ library: "big" }, /^library: /],
    [{ accounts: [{}] }, /^accounts\.0\.email: /],
    [{ accounts: [{ email: "carol@example.com", domain: "example.com" }] }, /^accounts\.0: .*"domain"$/],
    [{ controlApi: {} }, /^controlApi\.hostNames: /],
    [{ controlApi: { hostNames: "x" } }, /^controlApi\.hostNames: /],
    [{ controlApi: { hostNames: [""] } }, /^controlApi\.hostNames\.0: must not be empty$/],
    [{ controlApi: "yes" }, /^controlApi: /],
    [{ tls: { port: 0 } }, /^tls\.directory: /],
    [{ dataDir: "" }, /^dataDir: must not be empty$/],
    [{ latencyMs: 99_999_999_999 }, /^latencyMs: /],
    [{ latencyJitterMs: -1 }, /^latencyJitterMs: /],
    [{ settings: null }, /^settings: /],
    [{ faults: null }, /^faults: /],
    [{ files: null }, /^files: /],
  ])("are refused by name: %j", async (options, words) => {
    const starting = startWith({ library: "none", ...options });
    await expect(starting).rejects.toThrow(RangeError);
    await expect(startWith({ library: "none", ...options })).rejects.toThrow(words);
  });

  it("may be there without a value, which is as if they were left out", async () => {
    const names = ["port", "host", "redirectUris", "now", "dataDir", "faults", "controlApi", "tls", "files"];
    const unset = Object.fromEntries(names.map((name) => [name, undefined]));
    await startWith({ library: "none", ...unset });
  });
});
