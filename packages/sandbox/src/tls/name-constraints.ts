import { Extension } from "@peculiar/x509";

const ID_CE_NAME_CONSTRAINTS = "2.5.29.30";
const SEQUENCE = 0x30;
const PERMITTED_SUBTREES = 0xa0;
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;
const LONGEST_SHORT_FORM = 127;
const LONGEST_ONE_BYTE_FORM = 255;

/** An IPv4 or IPv6 address and its mask, as RFC 5280 §4.2.1.10 writes them: one behind the other. */
export type AddressRange = Uint8Array;

/** 127.0.0.1 and ::1, each alone. */
export const loopbackAddresses: readonly AddressRange[] = [
  Uint8Array.of(127, 0, 0, 1, 255, 255, 255, 255),
  Uint8Array.from([...new Array<number>(15).fill(0), 1, ...new Array<number>(16).fill(255)]),
];

/**
 * The critical extension that lets an authority vouch for some names and addresses only (RFC 5280 §4.2.1.10).
 *
 * @param domains each stands for itself and everything below it
 */
export function nameConstraints({
  domains,
  addresses,
}: {
  domains: readonly string[];
  addresses: readonly AddressRange[];
}): Extension {
  const names = [
    ...domains.map((domain) => der(DNS_NAME, Buffer.from(domain, "ascii"))),
    ...addresses.map((range) => der(IP_ADDRESS, range)),
  ];
  const subtrees = names.map((name) => der(SEQUENCE, name));
  const value = der(SEQUENCE, der(PERMITTED_SUBTREES, ...subtrees));
  return new Extension(ID_CE_NAME_CONSTRAINTS, true, value);
}

/** One value in the Distinguished Encoding Rules (X.690 §8.1, §10.1). Throws RangeError for more than 255 bytes. */
function der(tag: number, ...contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const content = Buffer.concat(contents);
  const { byteLength } = content;
  if (byteLength > LONGEST_ONE_BYTE_FORM) {
    throw new RangeError("name constraints: too many names");
  }
  const length = byteLength > LONGEST_SHORT_FORM ? [0x81, byteLength] : [byteLength];
  return Uint8Array.of(tag, ...length, ...content);
}
