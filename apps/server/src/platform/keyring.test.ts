import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createKeyring, type SealedPlace, UnsealError } from "./keyring.ts";

const place: SealedPlace = {
  table: "connections",
  column: "refresh_token",
  tenantId: "ten_1",
  rowId: "row-1",
};
const key = (id: string) => ({ id, secret: randomBytes(32) });

describe("the keyring", () => {
  it("opens what it sealed, and seals the same text differently every time", () => {
    const keyring = createKeyring([key("a")]);
    const sealed = keyring.seal("1//0-token", place);
    expect(keyring.open(sealed, place)).toBe("1//0-token");
    expect(keyring.seal("1//0-token", place)).not.toBe(sealed);
    expect(sealed).not.toContain("1//0-token");
  });

  it.each([
    { ...place, rowId: "row-2" },
    { ...place, tenantId: "ten_2" },
    { ...place, column: "access_token" },
    { ...place, table: "pending_revocations" },
  ])("does not open a ciphertext that was moved to %o", (elsewhere) => {
    const keyring = createKeyring([key("a")]);
    const sealed = keyring.seal("secret", place);
    expect(() => keyring.open(sealed, elsewhere)).toThrow(UnsealError);
  });

  it("opens with an older key after a newer one took over sealing", () => {
    const older = key("older");
    const sealed = createKeyring([older]).seal("secret", place);
    const both = createKeyring([key("newer"), older]);
    expect(both.open(sealed, place)).toBe("secret");
    expect(both.seal("secret", place).startsWith("newer.")).toBe(true);
  });

  it("names the key that is missing, and refuses changed or mangled values", () => {
    const keyring = createKeyring([key("a")]);
    const sealed = keyring.seal("secret", place);
    expect(() => createKeyring([key("b")]).open(sealed, place)).toThrow('no key with the id "a"');
    expect(() => keyring.open(`${sealed.slice(0, -2)}AA`, place)).toThrow(UnsealError);
    expect(() => keyring.open("a.x.y", place)).toThrow(UnsealError);
    expect(() => keyring.open("", place)).toThrow(UnsealError);
  });
});
