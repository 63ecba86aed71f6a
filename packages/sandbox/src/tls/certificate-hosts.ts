import { googleHosts } from "../hosts/google-hosts.ts";

/** The names that the server's certificate is for: those of Google, and those of this machine. */
export const certificateHosts: readonly string[] = [
  ...Object.values(googleHosts),
  "*.googleapis.com",
  "*.googleusercontent.com",
  "localhost",
];

/** The addresses that the server's certificate is for. */
export const certificateAddresses: readonly string[] = ["127.0.0.1", "::1"];

/** What the authority may vouch for, so that its key is worth little to whoever gets hold of it. */
export const permittedDomains: readonly string[] = [
  "google.com",
  "googleapis.com",
  "googleusercontent.com",
  "localhost",
];
