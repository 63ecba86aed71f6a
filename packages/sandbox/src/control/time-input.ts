import { z } from "zod";

/** A time as RFC 3339 has it: with seconds, and with Z or an offset. */
export function timeText() {
  return z.iso
    .datetime({ offset: true, error: "not an RFC 3339 time with seconds, and Z or an offset" })
    .regex(/T\d{2}:\d{2}:\d{2}/, "not an RFC 3339 time: it has no seconds");
}
