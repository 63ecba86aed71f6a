import { describe, expect, it } from "vitest";
import { ofAccount, ofAddress } from "./rate-subject.ts";

describe("the address that is counted", () => {
  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:0002::1", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["64:ff9b::203.0.113.7", "64:ff9b:0:0::/64"],
  ])("of %s is %s", (address, value) => {
    expect(ofAddress(address)).toEqual({ kind: "address", value });
  });
});

it("an account is the same in whatever letters its address is written", () => {
  expect(ofAccount(" Ada@Example.COM ")).toEqual(ofAccount("ada@example.com"));
});
