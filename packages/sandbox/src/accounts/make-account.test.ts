import { describe, expect, it } from "vitest";
import { approveConsent } from "../consent/approve-consent.ts";
import { createSandbox } from "../create-sandbox.ts";
import { makeAccounts } from "./make-account.ts";
import { withSandbox } from "../testing/with-sandbox.ts";

const CAROL = { email: "Carol.van-Dyke@example.org" };

describe("further accounts", () => {
  it("have ids that follow from the e-mail, and a name when none is given", () => {
    const [carol] = makeAccounts([CAROL]);
    expect(carol).toMatchObject({
      email: "carol.van-dyke@example.org",
      name: "Carol Van Dyke",
      givenName: "Carol",
      familyName: "Van Dyke",
    });
    expect(carol?.sub).toMatch(/^1\d{20}$/);
    expect(carol?.permissionId).toMatch(/^\d{20}$/);
    expect(carol).not.toHaveProperty("hd");
    expect(makeAccounts([CAROL])).toEqual([carol]);
  });

  it("sign in like everybody else, with an empty Drive of their own", () =>
    withSandbox(
      async ({ sandbox, client }) => {
        const scope = "openid email profile https://www.googleapis.com/auth/drive";
        const back = await approveConsent({
          authorizationUrl: client.authorizationUrl({ scope }),
          email: "dave@corp.example",
        });
        expect(back.searchParams.get("hd")).toBe("corp.example");
        const { body } = await client.exchange(back.searchParams.get("code") ?? "");
        const info = await client.get("/v1/userinfo", body.access_token);
        expect(info.body).toMatchObject({ email: "dave@corp.example", name: "Dave D", hd: "corp.example" });
        const about = await client.get("/drive/v3/about?fields=user", body.access_token);
        expect(about.body).toMatchObject({ user: { emailAddress: "dave@corp.example" } });
        expect((await client.get("/drive/v3/files", body.access_token)).body).toMatchObject({ files: [] });
        expect(sandbox.accounts.map(({ email }) => email)).toEqual([
          "alice@example.com",
          "bob@example.com",
          "carol.van-dyke@example.org",
          "dave@corp.example",
        ]);
      },
      { accounts: [CAROL, { email: "dave@corp.example", name: "Dave D", hd: "corp.example" }] },
    ));

  it.each([
    ["is no e-mail address", [{ email: "nobody" }]],
    ["is there already", [CAROL, CAROL]],
    ["alice@example.com is there already", [{ email: "ALICE@example.com" }]],
    ["the name of", [{ email: "e@example.com", name: " " }]],
    ["the domain (hd) of", [{ email: "e@example.com", hd: "" }]],
  ])("are refused by name: %s", async (message, accounts) => {
    await expect(createSandbox({ library: "none", accounts })).rejects.toThrow(message);
  });
});
