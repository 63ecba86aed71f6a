import { z } from "zod";

/**
 * An id or a resource key as Google makes them, and longer than any that there is. Whatever else an answer may hold in
 * its place goes into addresses, headers and queries.
 */
export const FileId = z.string().regex(/^[A-Za-z0-9_-]{1,200}$/);
