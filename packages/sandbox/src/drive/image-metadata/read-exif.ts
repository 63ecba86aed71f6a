import type { ImageMediaMetadata } from "../file.ts";
import { type TagValues, TiffReader } from "./tiff-reader.ts";

const EXIF_POINTER = 0x8769;
const GPS_POINTER = 0x8825;
const [MAKE, MODEL] = [0x010f, 0x0110];
const [EXPOSURE_TIME, F_NUMBER, ISO_SPEED, TIME_TAKEN, FLASH, FOCAL_LENGTH, LENS_MODEL] = [
  0x829a, 0x829d, 0x8827, 0x9003, 0x9209, 0x920a, 0xa434,
];
const [LATITUDE_REF, LATITUDE, LONGITUDE_REF, LONGITUDE, ALTITUDE_REF, ALTITUDE] = [1, 2, 3, 4, 5, 6];

/**
 * What an EXIF block says about a shot, in Drive's names: time, camera, lens, exposure and place. What is missing or
 * cannot be read is left out; nothing is ever thrown. Follows Exif 2.3 (CIPA DC-008), section 4.6.
 */
export function readExif(exif: Uint8Array): ImageMediaMetadata {
  const reader = new TiffReader(exif);
  const image = reader.readFirst();
  return withoutAbsent({
    cameraMake: textOf(image, MAKE),
    cameraModel: textOf(image, MODEL),
    ...shotOf(reader.readAt(numberOf(image, EXIF_POINTER))),
    location: placeOf(reader.readAt(numberOf(image, GPS_POINTER))),
  });
}

function shotOf(shot: TagValues) {
  const flash = numberOf(shot, FLASH);
  return {
    time: textOf(shot, TIME_TAKEN),
    exposureTime: numberOf(shot, EXPOSURE_TIME),
    aperture: numberOf(shot, F_NUMBER),
    flashUsed: flash === undefined ? undefined : flash % 2 === 1,
    focalLength: numberOf(shot, FOCAL_LENGTH),
    isoSpeed: numberOf(shot, ISO_SPEED),
    lens: textOf(shot, LENS_MODEL),
  };
}

function placeOf(place: TagValues): ImageMediaMetadata["location"] | undefined {
  const latitude = degreesOf(place, LATITUDE, textOf(place, LATITUDE_REF) === "S");
  const longitude = degreesOf(place, LONGITUDE, textOf(place, LONGITUDE_REF) === "W");
  if (latitude === undefined || longitude === undefined) return undefined;
  const altitude = numberOf(place, ALTITUDE);
  if (altitude === undefined) return { latitude, longitude };
  return { latitude, longitude, altitude: numberOf(place, ALTITUDE_REF) === 1 ? -altitude : altitude };
}

/** Degrees, minutes and seconds as one number, below zero for the south and the west. */
function degreesOf(place: TagValues, tag: number, isNegative: boolean): number | undefined {
  const value = place.get(tag);
  if (!Array.isArray(value)) return undefined;
  const [degrees = 0, minutes = 0, seconds = 0] = value;
  const angle = degrees + minutes / 60 + seconds / 3600;
  if (!Number.isFinite(angle)) return undefined;
  return isNegative ? -angle : angle;
}

function textOf(tags: TagValues, tag: number): string | undefined {
  const value = tags.get(tag);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function numberOf(tags: TagValues, tag: number): number | undefined {
  const value = tags.get(tag);
  const [first] = Array.isArray(value) ? value : [];
  return Number.isFinite(first) ? first : undefined;
}

function withoutAbsent(metadata: Record<string, unknown>): ImageMediaMetadata {
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== undefined));
}
