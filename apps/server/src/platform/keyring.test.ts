import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createKeyring, keyIdOf, type SealedPlace, UnsealError } from "./keyring.ts";

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

  it("repeats no nonce in ten thousand seals", () => {
    const keyring = createKeyring([key("a")]);
    const nonces = Array.from({ length: 10_000 }, () => keyring.seal("same", place).split(".")[1]);
    expect(new Set(nonces).size).toBe(10_000);
  });

  it.each([
    { ...place, rowId: "row-2" },
    { ...place, tenantId: "ten_2" },
    { ...place, column: "access_token" },
    { ...place, table: "pending_revocations" },
    { ...place, tenantId: 'ten_1","row', rowId: "-1" },
  ])("does not open a ciphertext that was moved to %o", (elsewhere) => {
    const keyring = createKeyring([key("a")]);
    const sealed = keyring.seal("secret", place);
    expect(() => keyring.open(sealed, elsewhere)).toThrow(UnsealError);
  });

  it("opens with an older key after a newer one took over sealing", () => {
    const older = key("older");
    const sealed = createKeyring([older]).seal("secret", place);
    const both = createKeyring([key("newer"), older]);
    expect(both.keyIds).toEqual(["newer", "older"]);
    expect(both.open(sealed, place)).toBe("secret");
    expect(both.seal("secret", place).startsWith("newer.")).toBe(true);
  });

  it("names the key that is missing", () => {
    const sealed = createKeyring([key("a")]).seal("secret", place);
    const open = () => createKeyring([key("b")]).open(sealed, place);
    expect(open).toThrow('no key with the id "a"');
    expect(open).toThrow(expect.objectContaining({ name: "UnsealError", keyId: "a" }));
  });

  it("refuses a value in which any single bit of nonce, text or tag differs", () => {
    const keyring = createKeyring([key("a")]);
    const [id, nonce = "", body = ""] = keyring.seal("secret", place).split(".");
    const flips = (text: string) => {
      const bytes = Buffer.from(text, "base64url");
      return Array.from({ length: bytes.length * 8 }, (_, bit) => {
        const copy = Buffer.from(bytes);
        copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        return copy.toString("base64url");
      });
    };
    const changed = [
      ...flips(nonce).map((other) => `${id}.${other}.${body}`),
      ...flips(body).map((other) => `${id}.${nonce}.${other}`),
    ];
    expect(changed).toHaveLength((12 + 6 + 16) * 8);
    for (const sealed of changed) expect(() => keyring.open(sealed, place)).toThrow(UnsealError);
  });

  it("refuses a value that is cut short, at whatever length, or longer than it was", () => {
    const keyring = createKeyring([key("a")]);
    const sealed = keyring.seal("secret", place);
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => keyring.open(sealed.slice(0, length), place)).toThrow(UnsealError);
    }
    for (const more of ["A", ".", ".AAAA", " ", "\n", "="]) {
      expect(() => keyring.open(`${sealed}${more}`, place)).toThrow(UnsealError);
    }
  });

  it("refuses other spellings of the same bytes, and a value that is none", () => {
    const keyring = createKeyring([key("a")]);
    const sealed = keyring.seal("secrets", place);
    expect(() => keyring.open(sealed.replace(/\.([^.]{4})/, ".$1 "), place)).toThrow(UnsealError);
    const last = sealed.at(-1) ?? "";
    const spellings = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
      .split("")
      .filter((other) => other !== last)
      .map((other) => `${sealed.slice(0, -1)}${other}`);
    for (const other of spellings) expect(() => keyring.open(other, place)).toThrow(UnsealError);
    for (const nonsense of ["", ".", "..", "a.x.y", "a..", "...."]) {
      expect(() => keyring.open(nonsense, place)).toThrow(UnsealError);
    }
  });

  it("refuses a nonce of another value, a nonce of another length and the id of another key", () => {
    const keyring = createKeyring([key("a"), key("b")]);
    const [id = "", nonce = "", body = ""] = keyring.seal("secret", place).split(".");
    const other = keyring.seal("secret", place).split(".")[1] ?? "";
    expect(() => keyring.open(`${id}.${other}.${body}`, place)).toThrow(UnsealError);
    expect(() => keyring.open(`${id}.${nonce.slice(0, 12)}.${body}`, place)).toThrow(UnsealError);
    expect(() => keyring.open(`${id}.${nonce}AAAA.${body}`, place)).toThrow(UnsealError);
    expect(() => keyring.open(`b.${nonce}.${body}`, place)).toThrow(UnsealError);
  });

  it("tells whose key sealed a value, and takes no two keys of one id", () => {
    expect(keyIdOf(createKeyring([key("k-1")]).seal("x", place))).toBe("k-1");
    expect(() => createKeyring([key("a"), key("a")])).toThrow(RangeError);
    expect(() => createKeyring([{ id: "a", secret: randomBytes(16) }])).toThrow(RangeError);
  });
});
