import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createSandbox } from "../create-sandbox.ts";

it("settings for somebody without an account keep a sandbox from starting, and those kept from earlier have one", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "settings-"));
  const kept = { library: "none", dataDir } as const;
  const settings = { oauth: { tokenRefusals: { "carol@example.com": "invalid_rapt" } } } as const;
  try {
    await expect(createSandbox({ ...kept, settings })).rejects.toThrow(
      "settings: oauth.tokenRefusals.carol@example.com: there is no such account",
    );
    await (await createSandbox({ ...kept, accounts: [{ email: "carol@example.com" }] })).close();
    const sandbox = await createSandbox({ ...kept, settings });
    expect(sandbox.settings.current.oauth.tokenRefusals).toEqual(settings.oauth.tokenRefusals);
    await sandbox.close();
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});
