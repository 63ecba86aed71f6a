import { describe, expect, it } from "vitest";
import { type Drive, DriveError } from "./drive.ts";
import type { LentToken } from "./provider.ts";
import { withFreshToken } from "./with-fresh-token.ts";

const unused = () => Promise.reject(new Error("not part of this test"));

/** A drive that takes some tokens and refuses the others, over a credential that counts up. */
function world(accepts: (token: string) => boolean) {
  let version = 1;
  const gaveUp: LentToken[] = [];
  const lent = () => ({ accessToken: `token ${version}`, version });
  const credential = {
    current: async () => lent(),
    renew: async (refused: LentToken) => {
      version = refused.version + 1;
      return lent();
    },
    giveUp: async (refused: LentToken) => {
      gaveUp.push(refused);
    },
  };
  const open = (accessToken: () => Promise<string>): Drive => ({
    getFiles: unused,
    openFile: unused,
    listFolder: unused,
    about: unused,
    findByProperty: unused,
    createFolder: unused,
    upload: unused,
    look: unused,
    async reserveIds() {
      const token = await accessToken();
      if (!accepts(token)) throw new DriveError("stale_token", "stale", { reason: "authError" });
      return [token];
    },
  });
  return { drive: withFreshToken({ credential, open }), gaveUp };
}

describe("withFreshToken", () => {
  it("replaces a refused token and repeats the call", async () => {
    const { drive, gaveUp } = world((token) => token === "token 2");
    expect(await drive.reserveIds(1)).toEqual(["token 2"]);
    expect(gaveUp).toEqual([]);
  });

  it("bears with a newer token that ended together with the first", async () => {
    const { drive, gaveUp } = world((token) => token === "token 3");
    expect(await drive.reserveIds(1)).toEqual(["token 3"]);
    expect(gaveUp).toEqual([]);
  });

  it("gives the grant up when two new tokens are refused too", async () => {
    const { drive, gaveUp } = world(() => false);
    await expect(drive.reserveIds(1)).rejects.toMatchObject({
      kind: "sign_in_again",
      reason: "token_refused",
    });
    expect(gaveUp).toEqual([{ accessToken: "token 3", version: 3 }]);
  });
});
