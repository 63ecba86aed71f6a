/** A place on earth, in degrees and metres. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
  readonly altitudeMetres: number;
}

/** A camera as it names itself in EXIF. */
export interface Camera {
  readonly make: string;
  readonly model: string;
}

/** What a camera writes down beside the picture. */
export interface Shot {
  readonly camera: Camera;
  /** The wall clock where it was taken, as if it were UTC: EXIF knows no time zone. */
  readonly takenAtMs: number;
  readonly place: Place | null;
  /** EXIF orientation: 1 upright, 3 upside down, 6 and 8 on its side. */
  readonly orientation: 1 | 3 | 6 | 8;
  readonly iso: number;
  readonly focalLengthMillimetres: number;
  readonly aperture: number;
  readonly exposureDenominator: number;
}
