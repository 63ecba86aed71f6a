import { createHash } from "node:crypto";
import type { Account } from "./account.ts";
import { sandboxAccounts } from "./accounts.ts";

/** A person besides Alice and Bob. */
export interface NewAccount {
  readonly email: string;
  /** Left out, it is made from the e-mail. */
  readonly name?: string;
  /** The Workspace domain; left out, the account is a personal one. */
  readonly hd?: string;
}

const EMAIL = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9-]+(\.[a-z0-9-]+)*$/;
const LONGEST_EMAIL = 254;

/**
 * Makes the accounts of further people. Their ids follow from the e-mail alone, so that they are the same each time.
 *
 * @throws RangeError when an e-mail is none, is there twice or is Alice's or Bob's, or a name or a domain is empty
 */
export function makeAccounts(people: readonly NewAccount[]): Account[] {
  const taken = new Set(sandboxAccounts.map(({ email }) => email));
  return people.map((person) => {
    const account = makeAccount(person);
    if (taken.has(account.email)) throw new RangeError(`accounts: ${account.email} is there already`);
    taken.add(account.email);
    return account;
  });
}

function makeAccount({ email: written, name: given, hd }: NewAccount): Account {
  const email = written.toLowerCase();
  if (!EMAIL.test(email) || email.length > LONGEST_EMAIL) {
    throw new RangeError(`accounts: ${JSON.stringify(written)} is no e-mail address`);
  }
  const name = given ?? nameFrom(email);
  if (name.trim() === "") throw new RangeError(`accounts: the name of ${email} is empty`);
  if (hd === "") throw new RangeError(`accounts: the domain (hd) of ${email} is empty`);
  const [givenName = name, ...rest] = name.trim().split(/\s+/);
  return {
    sub: `1${digitsFrom(`sub:${email}`, 20)}`,
    email,
    name,
    givenName,
    familyName: rest.join(" "),
    permissionId: `0${digitsFrom(`permission:${email}`, 19)}`,
    ...(hd !== undefined && { hd }),
  };
}

/** "carol.van-dyke@…" is Carol Van Dyke. */
function nameFrom(email: string): string {
  const words = email.slice(0, email.lastIndexOf("@")).match(/[a-z]+/g) ?? [email];
  return words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join(" ");
}

function digitsFrom(text: string, count: number): string {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 32);
  return (BigInt(`0x${hash}`) % 10n ** BigInt(count)).toString().padStart(count, "0");
}
