import { badRequest } from "../errors.ts";
import { isMimeType } from "../mime-type.ts";

/**
 * The type that a header gives uploaded bytes, without its parameters; `application/octet-stream` where it gives none.
 * Throws 400 `badContent`, naming the header, for what is no type.
 */
export function mediaTypeOf(text: string | null | undefined, header = "Content-Type"): string {
  const type = text?.split(";", 1)[0]?.trim() || "application/octet-stream";
  if (!isMimeType(type)) throw badRequest(`Invalid ${header} header.`, "badContent");
  return type;
}
