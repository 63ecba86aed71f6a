import type { Album, Size } from "./albums.ts";
import type { PictureFormat } from "./encode-picture.ts";
import type { Random } from "./random.ts";
import type { Shot } from "./shot.ts";

/** A picture that is to be made. */
export interface PlannedPicture {
  readonly path: readonly string[];
  readonly name: string;
  readonly number: number;
  readonly format: PictureFormat;
  readonly size: Size;
  readonly shot: Shot | null;
  readonly takenAtMs: number;
  /** Fixes what the picture shows, whatever is made before it. */
  readonly seed: number;
}

/** The longest side of a picture in the small library, in pixels. */
const SMALL_SIDE = 400;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Decides about every picture of an album: size, name, when and with what it was taken. */
export function planPictures(album: Album, library: "small" | "full", random: Random): PlannedPicture[] {
  return Array.from({ length: album[library] }, (_, index) => {
    const size = random.pick(album.sizes);
    const takenAtMs = Date.UTC(album.year, 0, 1) + random.integer(0, 360 * DAY_MS);
    const number = index + 1;
    return {
      path: album.path,
      name: album.name({ number, takenAtMs }),
      number,
      format: album.format,
      size: library === "small" ? shrink(size) : size,
      shot: planShot(album, takenAtMs, random),
      takenAtMs,
      seed: random.integer(0, 2 ** 31),
    };
  });
}

function planShot({ camera, place, turned }: Album, takenAtMs: number, random: Random): Shot | null {
  if (camera === null) {
    return null;
  }
  const near = place !== null && random.fraction() < 0.8;
  return {
    camera,
    takenAtMs,
    place: near
      ? {
          latitude: aroundDegrees(place.latitude, random),
          longitude: aroundDegrees(place.longitude, random),
          altitudeMetres: place.altitudeMetres + random.integer(0, 20),
        }
      : null,
    orientation: turned ? random.pick([1, 1, 3, 6, 8]) : 1,
    iso: random.pick([50, 100, 200, 400, 800]),
    focalLengthMillimetres: random.pick([24, 35, 50, 85]),
    aperture: random.pick([1.8, 2.8, 4, 8]),
    exposureDenominator: random.pick([60, 125, 250, 1000]),
  };
}

/** Within about two kilometres, in steps that EXIF can hold. */
function aroundDegrees(degrees: number, random: Random): number {
  return Math.round((degrees + (random.fraction() - 0.5) * 0.04) * 10_000) / 10_000;
}

function shrink({ width, height }: Size): Size {
  const factor = Math.min(1, SMALL_SIDE / Math.max(width, height));
  return { width: Math.round(width * factor), height: Math.round(height * factor) };
}
