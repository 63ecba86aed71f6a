import type { Account } from "./account.ts";

/**
 * The people of the sandbox. Alice has a personal account that uses her own address, so no hosted domain;
 * Bob belongs to a Workspace domain and has one.
 */
export const sandboxAccounts: readonly Account[] = [
  {
    sub: "104178260591730826451",
    email: "alice@example.com",
    name: "Alice Example",
    givenName: "Alice",
    familyName: "Example",
    permissionId: "06134982710459823017",
  },
  {
    sub: "117390284650172938465",
    email: "bob@example.com",
    name: "Bob Example",
    givenName: "Bob",
    familyName: "Example",
    permissionId: "13850274619038472655",
    hd: "example.com",
  },
];
