import { expect, it } from "vitest";
import { secretPage } from "./secret-page.ts";

const policyAt = (address: string) =>
  secretPage({ origin: "https://app.example.com", address }).contentSecurityPolicy.split("; ");

it.each(["https://drives.example.com/popup", "http://127.0.0.1:8080/popup", "https://a.example/below/popup"])(
  "may call one address: %s",
  (address) => expect(policyAt(address)).toContain(`connect-src ${address}`),
);

it("may call its own origin where that is an IPv6 address, which no policy can name", () => {
  expect(policyAt("http://[::1]:8080/popup")).toContain("connect-src 'self'");
});
