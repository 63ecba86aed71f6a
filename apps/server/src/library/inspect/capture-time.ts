import exifr from "exifr";

const MOMENT = /^(\d{4})[:-](\d{2})[:-](\d{2})[ T](\d{2}):(\d{2}):(\d{2})/;
const OFFSET = /^([+-])(\d{2}):(\d{2})$/;
/** No photograph is older. Cameras without a clock write zeros. */
const FIRST_YEAR = 1826;

/**
 * When a picture was taken, by DateTimeOriginal, or DateTimeDigitized, of its EXIF (CIPA DC-008, 4.6.6). EXIF before
 * 2.31 knows no time zone: where none is written, the camera's local time is taken as UTC.
 * @param exif an EXIF block, with or without its `Exif` preamble, or a whole TIFF file
 * @returns null when nothing intelligible is written
 */
export async function readCaptureTime(exif: Buffer): Promise<Date | null> {
  const block = exif.toString("latin1", 0, 4) === "Exif" ? exif.subarray(6) : exif;
  const tags = await parseTags(block);
  return (
    parseExifTime(tags.DateTimeOriginal, tags.OffsetTimeOriginal) ??
    parseExifTime(tags.CreateDate, tags.OffsetTimeDigitized)
  );
}

/** Damaged EXIF throws in many ways, and is the same to us as none: the picture itself may be sound. */
async function parseTags(block: Buffer): Promise<Record<string, unknown>> {
  try {
    const pick = ["DateTimeOriginal", "OffsetTimeOriginal", "CreateDate", "OffsetTimeDigitized"];
    const tags: unknown = await exifr.parse(block, { pick, reviveValues: false });
    return typeof tags === "object" && tags !== null ? { ...tags } : {};
  } catch {
    return {};
  }
}

/**
 * Reads `2023:05:06 10:11:12`, with `+02:00` as its offset if there is one.
 * @returns null for anything else, and for moments that no calendar has
 */
export function parseExifTime(moment: unknown, offset: unknown): Date | null {
  if (typeof moment !== "string") return null;
  const parts = MOMENT.exec(moment)?.slice(1).map(Number);
  if (parts === undefined) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  const local = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const real =
    local.getUTCMonth() === month - 1 && local.getUTCDate() === day && local.getUTCHours() === hour;
  if (year < FIRST_YEAR || !real) return null;
  return new Date(local.getTime() - offsetMs(offset));
}

function offsetMs(offset: unknown): number {
  const match = typeof offset === "string" ? OFFSET.exec(offset) : null;
  if (match === null) return 0;
  const [, sign, hours, minutes] = match;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
