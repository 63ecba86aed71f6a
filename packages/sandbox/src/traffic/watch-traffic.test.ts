import { describe, expect, it } from "vitest";
import { startTestDrive } from "../drive/testing/start-test-drive.ts";

const LARGE = Buffer.alloc(64 * 1024 * 1024);

describe("the traffic of a Drive", () => {
  it("tells those who wait of an answer that was sent to its end", async () => {
    const drive = await startTestDrive();
    try {
      const waiting = drive.requests.waitFor({ kind: "about", outcome: "sent" });
      await drive.json("/drive/v3/about?fields=user");
      expect(await waiting).toMatchObject([{ status: 200, email: "alice@example.com" }]);
    } finally {
      await drive.close();
    }
  });

  it("tells those who wait of an answer that broke off because the client left", async () => {
    const drive = await startTestDrive();
    try {
      const file = { name: "large", mimeType: "image/png", content: LARGE };
      const { id } = drive.store.addFile(drive.alice.sub, file);
      const waiting = drive.requests.waitFor({ fileId: id, outcome: "cut" });
      const response = await drive.call(`/drive/v3/files/${id}?alt=media`);
      await response.body?.cancel();
      const [entry] = await waiting;
      expect(entry).toMatchObject({ kind: "files.get.media", status: 200 });
      expect(entry?.bytesOut).toBeLessThan(LARGE.byteLength);
    } finally {
      await drive.close();
    }
  });
});
