/** A picture in memory: three bytes (red, green, blue) a pixel, row by row. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}
