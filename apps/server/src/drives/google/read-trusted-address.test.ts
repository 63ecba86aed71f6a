import { describe, expect, it } from "vitest";
import { readTrustedAddress } from "./read-trusted-address.ts";

const GOOGLE = new URL("https://www.googleapis.com");
const HERE = new URL("http://127.0.0.1:9000");

const read = (location: string | null, apiRoot = GOOGLE) =>
  readTrustedAddress({ location, base: apiRoot, apiRoot })?.href ?? null;

describe("readTrustedAddress", () => {
  it.each([
    "https://doc-0a.googleusercontent.com/download?x=1",
    "https://www.googleapis.com/upload/drive/v3/files?upload_id=1",
    "/upload/drive/v3/files?upload_id=1",
  ])("takes %s", (location) => {
    expect(read(location)).not.toBeNull();
  });

  it.each([
    null,
    "http://doc-0a.googleusercontent.com/",
    "https://googleusercontent.com.example.com/",
    "https://examplegoogleapis.com/",
    "https://user@www.googleapis.com/",
    "https://example.com/",
    "http://127.0.0.1:9000/",
    "http://[::1]/",
    "file:///etc/passwd",
    "//example.com/",
    "https://[",
  ])("refuses %s", (location) => {
    expect(read(location)).toBeNull();
  });

  it("takes other ports of this machine only when the API is here", () => {
    expect(read("http://127.0.0.1:9001/x", HERE)).toBe("http://127.0.0.1:9001/x");
    expect(read("http://192.168.0.1/x", HERE)).toBeNull();
  });
});
