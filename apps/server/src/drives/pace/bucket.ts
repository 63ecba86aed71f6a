/** Units that gather at a steady rate up to a most. */
export interface Bucket {
  readonly units: number;
  readonly atMs: number;
}

/** How a bucket fills. */
export interface BucketShape {
  readonly unitsPerMs: number;
  readonly most: number;
}

/** The bucket at a later moment; one that is not there yet is full. A clock that was set back adds nothing. */
export function fill(bucket: Bucket | undefined, shape: BucketShape, nowMs: number): Bucket {
  if (bucket === undefined) return { units: shape.most, atMs: nowMs };
  const gathered = Math.max(0, nowMs - bucket.atMs) * shape.unitsPerMs;
  return { units: Math.min(shape.most, bucket.units + gathered), atMs: nowMs };
}

export function take(bucket: Bucket, units: number): Bucket {
  return { ...bucket, units: bucket.units - units };
}
