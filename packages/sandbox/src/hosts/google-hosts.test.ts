import { describe, expect, it } from "vitest";
import { isGoogleHost, issuerAt, originAt, siblingOrigin } from "./google-hosts.ts";

describe("Google's host names", () => {
  it.each(["accounts.google.com", "www.googleapis.com:8443", "LH3.googleusercontent.com", "google.com"])(
    "%s is one of them",
    (host) => {
      expect(isGoogleHost(host)).toBe(true);
    },
  );

  it.each([
    "127.0.0.1:8090",
    "localhost",
    "googleapis.com.example.com",
    "notgoogle.com",
    "google.com@127.0.0.1",
    "",
  ])("%j is none of them", (host) => {
    expect(isGoogleHost(host)).toBe(false);
  });

  it("speak https, also where something in between has taken the encryption off", () => {
    expect(originAt({ host: "www.googleapis.com", protocol: "http" })).toBe("https://www.googleapis.com");
    expect(originAt({ host: "localhost:80", protocol: "http" })).toBe("http://localhost:80");
  });

  it("lead to each other at the port that the client came by", () => {
    expect(siblingOrigin("https://www.googleapis.com:8443", "token")).toBe(
      "https://oauth2.googleapis.com:8443",
    );
    expect(siblingOrigin("https://www.googleapis.com", "pictures")).toBe("https://lh3.googleusercontent.com");
    expect(siblingOrigin("https://localhost:8443", "token")).toBe("https://localhost:8443");
  });

  it("have one issuer, whatever the port", () => {
    expect(issuerAt("https://oauth2.googleapis.com:8443")).toBe("https://accounts.google.com");
    expect(issuerAt("http://127.0.0.1:8090")).toBe("http://127.0.0.1:8090");
  });
});
