import { DrivewayError } from "../platform/index.ts";

/**
 * Refuses a request whose sizes add up to more than a number holds to the byte: neither the job's row nor an answer about the
 * job could tell the sum.
 * @throws {DrivewayError} `validation_failed`
 */
export function checkToldBytes(bytes: number): void {
  if (Number.isSafeInteger(bytes)) return;
  throw new DrivewayError("validation_failed", "files: the sizes add up to more than any drive holds", {
    details: { field: "files" },
  });
}
