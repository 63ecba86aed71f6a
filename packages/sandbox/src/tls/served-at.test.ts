import { describe, expect, it } from "vitest";
import { isServedAt } from "./served-at.ts";

describe("a path under one of Google's host names", () => {
  it.each([
    ["accounts.google.com", "/o/oauth2/v2/auth?x=1"],
    ["accounts.google.com:8443", "/.well-known/openid-configuration"],
    ["accounts.google.com", "/sandbox/pages.css"],
    ["oauth2.googleapis.com", "/token"],
    ["oauth2.googleapis.com", "/revoke"],
    ["oauth2.googleapis.com", "/tokeninfo"],
    ["www.googleapis.com", "/oauth2/v3/certs"],
    ["www.googleapis.com", "/drive/v3/files"],
    ["content.googleapis.com", "/upload/drive/v3/files"],
    ["openidconnect.googleapis.com", "/v1/userinfo"],
    ["lh3.googleusercontent.com", "/drive-storage/abc=s220"],
    ["127.0.0.1:8090", "/token"],
  ])("%s serves %s", (host, path) => {
    expect(isServedAt(host, path)).toBe(true);
  });

  it.each([
    ["accounts.google.com", "/token"],
    ["www.googleapis.com", "/token"],
    ["oauth2.googleapis.com", "/drive/v3/files"],
    ["openidconnect.googleapis.com", "/upload/drive/v3/files"],
    ["www.googleapis.com", "/o/oauth2/v2/auth"],
    ["www.googleapis.com", "/drive-storage/abc=s220"],
  ])("%s does not serve %s", (host, path) => {
    expect(isServedAt(host, path)).toBe(false);
  });
});
