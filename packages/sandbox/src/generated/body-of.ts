import { GeneratedBody } from "./generated-body.ts";

/** Bodies that some content still has: two megabytes that all contents of a seed have in common. */
const bodies = new Map<number, WeakRef<GeneratedBody>>();

/** The body of a seed: the same object for all who have it at a time. */
export function bodyOf(seed: number): GeneratedBody {
  const known = bodies.get(seed)?.deref();
  if (known !== undefined) return known;
  const body = new GeneratedBody(seed);
  bodies.set(seed, new WeakRef(body));
  return body;
}
