import type { Exif } from "sharp";
import type { Shot } from "./shot.ts";

/** A shot in the tags of EXIF 2.32: IFD0 the camera, IFD2 the exposure, IFD3 the place. */
export function shotExif(shot: Shot): Exif {
  const taken = exifTime(shot.takenAtMs);
  return {
    IFD0: { Make: shot.camera.make, Model: shot.camera.model, DateTime: taken, Software: "Sandbox" },
    IFD2: {
      DateTimeOriginal: taken,
      DateTimeDigitized: taken,
      ExposureTime: `1/${shot.exposureDenominator}`,
      FNumber: `${Math.round(shot.aperture * 10)}/10`,
      ISOSpeedRatings: String(shot.iso),
      FocalLength: `${shot.focalLengthMillimetres}/1`,
    },
    ...(shot.place === null
      ? {}
      : {
          IFD3: {
            GPSLatitudeRef: shot.place.latitude < 0 ? "S" : "N",
            GPSLatitude: degrees(shot.place.latitude),
            GPSLongitudeRef: shot.place.longitude < 0 ? "W" : "E",
            GPSLongitude: degrees(shot.place.longitude),
            GPSAltitude: `${shot.place.altitudeMetres}/1`,
          },
        }),
  };
}

/** The EXIF spelling of a time: `YYYY:MM:DD HH:MM:SS`. */
export function exifTime(timeMs: number): string {
  const [date = "", time = ""] = new Date(timeMs).toISOString().split("T");
  return `${date.replaceAll("-", ":")} ${time.slice(0, 8)}`;
}

function degrees(value: number): string {
  const hundredths = Math.round(Math.abs(value) * 360_000);
  const whole = Math.floor(hundredths / 360_000);
  const minutes = Math.floor((hundredths % 360_000) / 6000);
  return `${whole}/1 ${minutes}/1 ${hundredths % 6000}/100`;
}
