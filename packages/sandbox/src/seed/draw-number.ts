import type { Bitmap } from "./bitmap.ts";

/** Which of the seven segments each digit lights: top, upper left, upper right, middle, lower left, lower right, bottom. */
const DIGITS = [
  "1110111",
  "0010010",
  "1011101",
  "1011011",
  "0111010",
  "1101011",
  "1101111",
  "1010010",
  "1111111",
  "1111011",
];

/**
 * Writes a number into the lower right corner, in the seven segments of a pocket calculator. Drawn by hand
 * because a machine need not have any font.
 */
export function drawNumber(bitmap: Bitmap, number: number): void {
  const unit = Math.max(1, Math.round(bitmap.height / 90));
  const digits = String(number).split("").map(Number);
  const advance = unit * 6;
  const left = bitmap.width - advance * digits.length - unit * 2;
  const top = bitmap.height - unit * 12;
  fill(
    bitmap,
    { left: left - unit, top: top - unit, width: advance * digits.length + unit * 2, height: unit * 11 },
    24,
  );
  for (const [place, digit] of digits.entries()) {
    drawDigit(bitmap, { left: left + place * advance, top, unit, segments: DIGITS[digit] ?? "" });
  }
}

interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function drawDigit(
  bitmap: Bitmap,
  { left, top, unit, segments }: { left: number; top: number; unit: number; segments: string },
): void {
  const across = { width: unit * 4, height: unit };
  const down = { width: unit, height: unit * 5 };
  const right = left + unit * 3;
  const areas: Area[] = [
    { left, top, ...across },
    { left, top, ...down },
    { left: right, top, ...down },
    { left, top: top + unit * 4, ...across },
    { left, top: top + unit * 4, ...down },
    { left: right, top: top + unit * 4, ...down },
    { left, top: top + unit * 8, ...across },
  ];
  for (const [index, area] of areas.entries()) {
    if (segments[index] === "1") {
      fill(bitmap, area, 240);
    }
  }
}

function fill({ width, height, data }: Bitmap, area: Area, tone: number): void {
  const left = Math.max(0, area.left);
  const right = Math.min(width, area.left + area.width);
  for (let y = Math.max(0, area.top); y < Math.min(height, area.top + area.height); y += 1) {
    data.fill(tone, (y * width + left) * 3, (y * width + right) * 3);
  }
}
