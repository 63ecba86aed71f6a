import type { PictureFormat } from "./encode-picture.ts";
import type { Camera, Place } from "./shot.ts";

/** A folder of pictures of one kind. */
export interface Album {
  /** The folder, from My Drive down. */
  readonly path: readonly string[];
  /** How many pictures the full library holds, and how many the small one. */
  readonly full: number;
  readonly small: number;
  readonly format: PictureFormat;
  readonly sizes: readonly [Size, ...Size[]];
  /** Null for pictures that no camera took: they carry no EXIF. */
  readonly camera: Camera | null;
  readonly place: Place | null;
  readonly year: number;
  /** Some pictures were taken with the camera on its side. */
  readonly turned: boolean;
  readonly name: (picture: { number: number; takenAtMs: number }) => string;
}

/** In pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

const canon = { make: "Canon", model: "Canon EOS 80D" };
const nikon = { make: "NIKON CORPORATION", model: "NIKON Z 6_2" };
const pixel = { make: "Google", model: "Pixel 7" };
const iphone = { make: "Apple", model: "iPhone 14 Pro" };

const numbered = (prefix: string, suffix: string) => (picture: { number: number }) =>
  `${prefix}${String(picture.number).padStart(4, "0")}${suffix}`;

const timed = (prefix: string, suffix: string) => (picture: { takenAtMs: number }) => {
  const digits = new Date(picture.takenAtMs).toISOString().replaceAll(/\D/g, "");
  return `${prefix}${digits.slice(0, 8)}_${digits.slice(8)}${suffix}`;
};

/** The albums in Alice's Drive. */
export const aliceAlbums: readonly Album[] = [
  {
    path: ["Photos", "2019", "Lisboa"],
    full: 36,
    small: 5,
    format: "jpeg",
    sizes: [
      { width: 1280, height: 960 },
      { width: 1024, height: 768 },
    ],
    camera: canon,
    place: { latitude: 38.7139, longitude: -9.1394, altitudeMetres: 84 },
    year: 2019,
    turned: false,
    name: numbered("IMG_", ".JPG"),
  },
  {
    path: ["Photos", "2021", "Ålesund & the fjords"],
    full: 40,
    small: 5,
    format: "jpeg",
    sizes: [
      { width: 900, height: 600 },
      { width: 1200, height: 800 },
      { width: 1800, height: 1200 },
    ],
    camera: nikon,
    place: { latitude: 62.4722, longitude: 6.1549, altitudeMetres: 12 },
    year: 2021,
    turned: true,
    name: numbered("DSC_", ".jpg"),
  },
  {
    path: ["Photos", "2023", "京都 Kyōto"],
    full: 48,
    small: 5,
    format: "jpeg",
    sizes: [
      { width: 960, height: 720 },
      { width: 720, height: 960 },
    ],
    camera: pixel,
    place: { latitude: 35.0116, longitude: 135.7681, altitudeMetres: 50 },
    year: 2023,
    turned: false,
    name: timed("PXL_", ".jpg"),
  },
  {
    path: ["Photos", "2024", "Família 👨‍👩‍👧"],
    full: 40,
    small: 4,
    format: "jpeg",
    sizes: [
      { width: 800, height: 600 },
      { width: 1024, height: 768 },
      { width: 1600, height: 1200 },
    ],
    camera: iphone,
    place: null,
    year: 2024,
    turned: true,
    name: numbered("IMG_", ".jpeg"),
  },
  {
    path: ["Photos", "2025", "Full size"],
    full: 6,
    small: 1,
    format: "jpeg",
    sizes: [{ width: 4032, height: 3024 }],
    camera: iphone,
    place: { latitude: -33.8568, longitude: 151.2153, altitudeMetres: 6 },
    year: 2025,
    turned: false,
    name: numbered("IMG_", ".jpg"),
  },
  {
    path: ["Scans"],
    full: 20,
    small: 3,
    format: "png",
    sizes: [
      { width: 700, height: 990 },
      { width: 990, height: 700 },
    ],
    camera: null,
    place: null,
    year: 2020,
    turned: false,
    name: numbered("scan", ".png"),
  },
  {
    path: ["Screenshots"],
    full: 30,
    small: 3,
    format: "png",
    sizes: [{ width: 390, height: 844 }],
    camera: null,
    place: null,
    year: 2025,
    turned: false,
    name: timed("Screenshot_", ".png"),
  },
  {
    path: ["Web", "exports"],
    full: 36,
    small: 4,
    format: "webp",
    sizes: [
      { width: 800, height: 600 },
      { width: 640, height: 640 },
    ],
    camera: null,
    place: null,
    year: 2022,
    turned: false,
    name: numbered("export-", ".webp"),
  },
  {
    path: ["Web", "stickers"],
    full: 16,
    small: 2,
    format: "gif",
    sizes: [{ width: 240, height: 240 }],
    camera: null,
    place: null,
    year: 2022,
    turned: false,
    name: numbered("sticker", ".gif"),
  },
  {
    path: ["Archive", "old disk", "backup", "backup of backup", "1998"],
    full: 20,
    small: 2,
    format: "jpeg",
    sizes: [{ width: 320, height: 240 }],
    camera: { make: "OLYMPUS OPTICAL CO.,LTD", model: "C1400L" },
    place: null,
    year: 1998,
    turned: false,
    name: numbered("P", ".JPG"),
  },
];

/** The album in Bob's Drive. */
export const bobAlbums: readonly Album[] = [
  {
    path: ["Studio", "Products"],
    full: 12,
    small: 3,
    format: "jpeg",
    sizes: [{ width: 1200, height: 800 }],
    camera: nikon,
    place: null,
    year: 2024,
    turned: false,
    name: numbered("product-", ".jpg"),
  },
];
