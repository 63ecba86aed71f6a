/** Throws RangeError naming the value when it is not a whole number from 0 to `most`. */
export function requireWhole(name: string, value: number, most: number = Number.MAX_SAFE_INTEGER): void {
  if (Number.isInteger(value) && value >= 0 && value <= most) return;
  throw new RangeError(`${name}: not a whole number from 0 to ${most}: ${value}`);
}
