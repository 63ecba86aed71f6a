import type { ImageMediaMetadata } from "../drive/index.ts";
import type { Shot } from "./shot.ts";
import { exifTime } from "./shot-exif.ts";

const CLOCKWISE_TURNS = { 1: 0, 3: 2, 6: 1, 8: 3 } as const;

/** What Drive reads out of a picture: its size in pixels and, where it has EXIF, the shot. */
export function shotMediaMetadata(
  { width, height }: { width: number; height: number },
  shot: Shot | null,
): ImageMediaMetadata {
  if (shot === null) {
    return { width, height, rotation: 0 };
  }
  const { place } = shot;
  return {
    width,
    height,
    rotation: CLOCKWISE_TURNS[shot.orientation],
    time: exifTime(shot.takenAtMs),
    cameraMake: shot.camera.make,
    cameraModel: shot.camera.model,
    exposureTime: 1 / shot.exposureDenominator,
    aperture: shot.aperture,
    focalLength: shot.focalLengthMillimetres,
    isoSpeed: shot.iso,
    ...(place === null
      ? {}
      : {
          location: { latitude: place.latitude, longitude: place.longitude, altitude: place.altitudeMetres },
        }),
  };
}
