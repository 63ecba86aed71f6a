import type { Random } from "./random.ts";

type Palette = readonly [sky: string, horizon: string, light: string, far: string, near: string];

const PALETTES: readonly [Palette, ...Palette[]] = [
  ["#3b6fb6", "#cfe3f5", "#fff6d8", "#7d97b5", "#3f5a4a"],
  ["#1d2b5a", "#f28d52", "#ffd9a0", "#6b4a72", "#2c2440"],
  ["#86b7d9", "#f4f1e6", "#ffffff", "#a9b89a", "#6d8a4e"],
  ["#20262f", "#59708a", "#e8eef5", "#3a4757", "#171b21"],
  ["#d8b48a", "#f6e7cf", "#fff3c9", "#c58f5d", "#8a5a34"],
  ["#4c9a9a", "#d7efe4", "#fffbe6", "#5f8f86", "#2f5d57"],
];

/** Draws a landscape: a sky, a sun or moon, two ranges of hills, and some trees or boats in front. */
export function sceneSvg(random: Random, { width, height }: { width: number; height: number }): string {
  const [sky, horizon, light, far, near] = random.pick(PALETTES);
  const horizonY = height * (0.4 + random.fraction() * 0.25);
  const sun = `<circle cx="${random.integer(0, width)}" cy="${random.integer(40, Math.round(horizonY))}" r="${random.integer(24, 90)}" fill="${light}"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
<defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${sky}"/><stop offset="1" stop-color="${horizon}"/></linearGradient></defs>
<rect width="${width}" height="${height}" fill="url(#sky)"/>${sun}${clouds(random, { width, horizonY, colour: light })}
${hills(random, { width, height, crestY: horizonY, roughness: 90, colour: far })}
${hills(random, { width, height, crestY: horizonY + height * 0.18, roughness: 50, colour: near })}
${shapes(random, { width, height, groundY: horizonY + height * 0.18, colours: [sky, light, far] })}
</svg>`;
}

function clouds(random: Random, sky: { width: number; horizonY: number; colour: string }): string {
  return Array.from({ length: random.integer(2, 9) }, () => {
    const x = random.integer(0, sky.width);
    const y = random.integer(0, Math.round(sky.horizonY));
    const opacity = 0.15 + random.fraction() * 0.4;
    return `<ellipse fill="${sky.colour}" opacity="${opacity.toFixed(2)}" cx="${x}" cy="${y}" rx="${random.integer(60, 220)}" ry="${random.integer(10, 34)}"/>`;
  }).join("");
}

function hills(
  random: Random,
  hill: { width: number; height: number; crestY: number; roughness: number; colour: string },
): string {
  const steps = 14;
  const crest = Array.from({ length: steps + 1 }, (_, step) => {
    const y = hill.crestY + (random.fraction() - 0.5) * hill.roughness * 2;
    return `${Math.round((hill.width * step) / steps)},${Math.round(y)}`;
  });
  return `<polygon fill="${hill.colour}" points="0,${hill.height} ${crest.join(" ")} ${hill.width},${hill.height}"/>`;
}

function shapes(
  random: Random,
  ground: { width: number; height: number; groundY: number; colours: readonly [string, ...string[]] },
): string {
  return Array.from({ length: random.integer(10, 30) }, () => {
    const x = random.integer(0, ground.width);
    const y = random.integer(Math.round(ground.groundY), ground.height);
    const size = random.integer(14, 70);
    const fill = random.pick(ground.colours);
    return random.fraction() < 0.5
      ? `<polygon fill="${fill}" points="${x},${y - size * 2} ${x - size},${y} ${x + size},${y}"/>`
      : `<ellipse fill="${fill}" cx="${x}" cy="${y}" rx="${size}" ry="${Math.round(size * 0.6)}"/>`;
  }).join("");
}
