import type { Bitmap } from "./bitmap.ts";
import { drawNumber } from "./draw-number.ts";
import type { Random } from "./random.ts";

const NOISE_LENGTH = 8191;

/**
 * Takes a picture of a scene: as much of it as fits, in light of its own, with the grain of a sensor and a number in
 * the corner, so that no two pictures are alike.
 *
 * @param width of the picture, at most that of the scene; likewise the height
 * @param grain strength of the noise in steps of brightness; 0 for drawings and screenshots
 */
export function takePicture(
  scene: Bitmap,
  random: Random,
  { width, height, grain, number }: { width: number; height: number; grain: number; number: number },
): Bitmap {
  const stride = Math.max(1, Math.floor(Math.min(scene.width / width, scene.height / height)));
  const left = random.integer(0, scene.width - width * stride);
  const top = random.integer(0, scene.height - height * stride);
  const [red, green, blue] = [toneTable(random), toneTable(random), toneTable(random)];
  const noise = noiseTable(random, grain);
  const data = new Uint8ClampedArray(width * height * 3);
  let to = 0;
  for (let y = 0; y < height; y += 1) {
    let from = ((top + y * stride) * scene.width + left) * 3;
    let grainAt = random.integer(0, NOISE_LENGTH - 1);
    for (let x = 0; x < width; x += 1, from += 3 * stride, to += 3) {
      grainAt = grainAt + 1 === NOISE_LENGTH ? 0 : grainAt + 1;
      const step = noise[grainAt] ?? 0;
      data[to] = (red[scene.data[from] ?? 0] ?? 0) + step;
      data[to + 1] = (green[scene.data[from + 1] ?? 0] ?? 0) + step;
      data[to + 2] = (blue[scene.data[from + 2] ?? 0] ?? 0) + step;
    }
  }
  const picture = { width, height, data: new Uint8Array(data.buffer) };
  drawNumber(picture, number);
  return picture;
}

function toneTable(random: Random): Int16Array {
  const gain = 0.75 + random.fraction() * 0.5;
  const lift = random.integer(-20, 20);
  return Int16Array.from({ length: 256 }, (_, tone) => Math.round(tone * gain + lift));
}

function noiseTable(random: Random, grain: number): Int8Array {
  return Int8Array.from({ length: NOISE_LENGTH }, () => Math.round((random.fraction() - 0.5) * 2 * grain));
}
