import { expect, it } from "vitest";
import { forwardedAddresses } from "./believe-proxies.ts";

it.each([
  ["203.0.113.7", ["203.0.113.7"]],
  ["198.51.100.1, 203.0.113.7", ["198.51.100.1", "203.0.113.7"]],
  ["203.0.113.7:4711", ["203.0.113.7"]],
  ["[2001:db8::1]:4711, 2001:db8::2", ["2001:db8::1", "2001:db8::2"]],
  ["203.0.113.7, <script>, 198.51.100.1", ["198.51.100.1"]],
  ["unknown", []],
  ["203.0.113.7, ", []],
  ["203.0.113.7'; drop table users", []],
  ["999.0.0.1, 203.0.113.7", ["203.0.113.7"]],
  ["", []],
])("of %j the addresses at the end are taken, and nothing before what is none", (header, addresses) => {
  expect(forwardedAddresses(header)).toEqual(addresses);
});
