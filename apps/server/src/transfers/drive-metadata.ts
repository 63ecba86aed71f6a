import type { Image } from "../library/index.ts";

/** What a file in the Drive says about the image that it was exported from. */
interface DriveMetadata {
  readonly name: string;
  readonly description: string | null;
  readonly properties: Readonly<Record<string, string>>;
}

type Described = Pick<Image, "id" | "filename" | "mediaType" | "title" | "description" | "tags">;

/** The property by which an exported file is known again, with the image's id. */
export const IMAGE_PROPERTY = "driveway_image";
export const TAG_PROPERTY = "driveway_tag_";

/** A key and its value, in bytes of UTF-8, and properties of one application (Drive guide "Add custom file properties"). */
const PROPERTY_BYTES = 124;
const MOST_PROPERTIES = 30;
const LONGEST_NAME = 255;
const LONGEST_EXTENSION = 16;
const LONGEST_DESCRIPTION = 8_000;
/** Controls, line separators, and what turns the direction of writing: a name with them is not what it looks like. */
const NOT_IN_NAMES = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Says of an image in the Drive's terms what the library knows of it: the title, an empty line, and the description as
 * the file's description; title and tags as properties too, each cut to what a property holds.
 */
export function driveMetadata(image: Described, jobId: string): DriveMetadata {
  const { title, description } = image;
  const words = [title, description === title ? null : description].filter(
    (text) => text !== null && text !== "",
  );
  const fixed = [
    property(IMAGE_PROPERTY, image.id),
    property("driveway_job", jobId),
    ...(title === null ? [] : [property("driveway_title", title)]),
  ];
  const tags = image.tags.map((tag, index) => property(`${TAG_PROPERTY}${index + 1}`, tag));
  return {
    name: driveName(image),
    description: words.length === 0 ? null : cutPoints(words.join("\n\n"), LONGEST_DESCRIPTION),
    properties: Object.fromEntries([...fixed, ...tags].slice(0, MOST_PROPERTIES)),
  };
}

/** The image's name as a file's name: at most 255 characters, of which the extension is kept; never empty. */
function driveName({ id, filename, mediaType }: Described): string {
  const name = filename.toWellFormed().replaceAll(NOT_IN_NAMES, "").trim();
  if (name === "") return `${id}.${mediaType.replace(/^.*\//, "").replace(/\+.*$/, "")}`;
  const extension = /\.[^./\\\s]+$/u.exec(name)?.[0] ?? "";
  if (lengthOf(extension) > LONGEST_EXTENSION) return cutPoints(name, LONGEST_NAME);
  const stem = name.slice(0, name.length - extension.length);
  return cutPoints(stem, LONGEST_NAME - lengthOf(extension)) + extension;
}

function property(key: string, value: string): [string, string] {
  let left = PROPERTY_BYTES - Buffer.byteLength(key);
  let kept = "";
  for (const point of value.toWellFormed()) {
    left -= Buffer.byteLength(point);
    if (left < 0) break;
    kept += point;
  }
  return [key, kept];
}

/** In code points. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}

function cutPoints(text: string, most: number): string {
  const points = Array.from(text.toWellFormed());
  return points.length <= most ? points.join("") : points.slice(0, most).join("");
}
