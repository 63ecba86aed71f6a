import { describe, expect, it } from "vitest";
import { DriveError } from "../../drives/index.ts";
import { DrivewayError } from "../../platform/index.ts";
import { fromPlainError, toPlainError } from "./plain-error.ts";

const carry = (error: unknown): Error => fromPlainError(structuredClone(toPlainError(error)));

describe("an error on its way between threads", () => {
  it("stays a DriveError with every field", () => {
    const error = new DriveError("try_later", "Later.", {
      reason: "rate",
      status: 429,
      retryAfterMs: 5,
      pauseMs: 7,
      rateLimited: true,
      timedOut: true,
      cause: new TypeError("below"),
    });
    const carried = carry(error);
    expect(carried).toBeInstanceOf(DriveError);
    expect(Object.entries(carried)).toEqual(Object.entries(error));
    expect(carried).toMatchObject({
      message: "Later.",
      stack: error.stack,
      cause: { name: "TypeError", message: "below" },
    });
  });

  it("stays a DrivewayError with code and details", () => {
    const error = new DrivewayError("storage_unavailable", "No room.", { details: { field: "x" } });
    const carried = carry(error);
    expect(carried).toBeInstanceOf(DrivewayError);
    expect(carried).toMatchObject({
      code: "storage_unavailable",
      message: "No room.",
      details: { field: "x" },
    });
  });

  it("keeps name and code when it is somebody else's, and nothing that hangs on it", () => {
    const error = Object.assign(new RangeError("far"), { code: "EFAR", token: "a secret" });
    const carried = carry(error);
    expect(carried).toMatchObject({ name: "RangeError", message: "far", code: "EFAR" });
    expect(carried).not.toHaveProperty("token");
  });

  it("is one, whatever was thrown, and however causes lead round", () => {
    expect(carry("text").message).toBe("text");
    const circle = new Error("round");
    circle.cause = circle;
    expect(carry(circle).message).toBe("round");
  });
});
