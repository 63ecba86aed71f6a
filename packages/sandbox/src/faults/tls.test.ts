import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createSandbox } from "../create-sandbox.ts";
import { agentByName, callByName } from "../testing/google-by-name.ts";
import { WebClient } from "../testing/web-client.ts";

it("faults hold under Google's host names too, where a redirect leads to another name of Google's", async () => {
  const directory = mkdtempSync(join(tmpdir(), "faults-"));
  const sandbox = await createSandbox({ library: "none", tls: { port: 0, directory } });
  try {
    if (sandbox.tls === null) throw new Error("no TLS");
    const agent = agentByName(sandbox.tls);
    const { body } = await new WebClient(sandbox).connect({
      scope: "openid https://www.googleapis.com/auth/drive",
    });
    const headers = { authorization: `Bearer ${String(body.access_token)}` };
    const content = Buffer.from("bytes");
    const file = { name: "a.png", mimeType: "image/png", content };
    const { id } = sandbox.drive.addFile(sandbox.accounts[0]?.sub ?? "", file);
    const address = `https://www.googleapis.com/drive/v3/files/${id}?alt=media`;
    sandbox.faults.replace({
      rules: [
        { route: "*", times: 1, fault: { kind: "reset" } },
        { route: "*", times: 1, fault: { kind: "reset", afterBytes: 2 } },
        { route: "files.get.media", fault: { kind: "redirect" } },
      ],
    });
    await expect(callByName(agent, address, { headers })).rejects.toThrow();
    await expect(callByName(agent, address, { headers })).rejects.toThrow();
    const answer = await callByName(agent, address, { headers });
    const location = new URL(String(answer.headers.location));
    expect(location.origin).toMatch(/^https:\/\/.+\.googleusercontent\.com(:\d+)?$/);
    expect((await callByName(agent, location.href)).text).toBe("bytes");
    expect(sandbox.requests.find().map(({ fault }) => fault)).toEqual(
      expect.arrayContaining(["reset", "reset", "redirect", null]),
    );
    agent.destroy();
  } finally {
    await sandbox.close();
    rmSync(directory, { recursive: true, force: true });
  }
});
