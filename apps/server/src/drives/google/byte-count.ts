import { z } from "zod";

/** A number of bytes, which Google sends as text; none that a JavaScript number cannot hold to the byte. */
export const ByteCount = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(Number)
  .refine(Number.isSafeInteger);
