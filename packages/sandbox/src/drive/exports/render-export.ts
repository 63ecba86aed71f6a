import sharp from "sharp";
import { type DriveFile, NATIVE_MIME_PREFIX } from "../file.ts";
import { minimalPdf } from "./minimal-pdf.ts";

type Render = (name: string) => Uint8Array | Promise<Uint8Array>;

const plain: Render = (name) => Buffer.from(`${name}\n`);
const pdf: Render = (name) => minimalPdf(name.replace(/[^ -~]|[()\\]/g, "?"));
const drawn: Render = (name) => Buffer.from(drawingOf(name));

/** What any file of a type can be exported to, its content being no more than its name. */
const RENDERS: Readonly<Record<string, Readonly<Record<string, Render>>>> = {
  document: {
    "text/plain": plain,
    "text/markdown": (name) => Buffer.from(`# ${name}\n`),
    "text/x-markdown": (name) => Buffer.from(`# ${name}\n`),
    "text/html": (name) =>
      Buffer.from(`<!doctype html><title>Document</title><p>${escapeMarkup(name)}</p>\n`),
    "application/rtf": (name) => Buffer.from(`{\\rtf1\\ansi ${name.replace(/[^ -~]|[{}\\]/g, "?")}}`),
    "application/pdf": pdf,
  },
  spreadsheet: {
    "text/csv": (name) => Buffer.from(`"${name.replaceAll('"', '""')}"\r\n`),
    "text/tab-separated-values": (name) => Buffer.from(`${name.replace(/\s/g, " ")}\r\n`),
    "application/pdf": pdf,
  },
  presentation: { "text/plain": plain, "application/pdf": pdf },
  drawing: {
    "image/svg+xml": drawn,
    "image/png": (name) =>
      sharp(Buffer.from(drawingOf(name)))
        .png()
        .toBuffer(),
    "image/jpeg": (name) =>
      sharp(Buffer.from(drawingOf(name)))
        .flatten({ background: "white" })
        .jpeg()
        .toBuffer(),
    "application/pdf": pdf,
  },
};

/** Every type of Docs editors file that can be exported without further ado, with the formats; as `about` tells it. */
export const EXPORT_FORMATS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(RENDERS).map(([type, renders]) => [NATIVE_MIME_PREFIX + type, Object.keys(renders)]),
);

/** The formats that a file can be exported to: those that it was given, and those that any of its type has. */
export function exportFormatsOf({ mimeType, exports }: DriveFile): string[] {
  return [...new Set([...exports.keys(), ...(EXPORT_FORMATS[mimeType] ?? [])])];
}

/** A file in another format: the bytes that it was given for that, or else its name. Null for a format it does not have. */
export async function renderExport(file: DriveFile, format: string): Promise<Uint8Array | null> {
  const given = file.exports.get(format);
  if (given !== undefined) return given;
  if (!exportFormatsOf(file).includes(format)) return null;
  const render = RENDERS[file.mimeType.slice(NATIVE_MIME_PREFIX.length)]?.[format];
  return (await render?.(file.name)) ?? null;
}

function drawingOf(name: string): string {
  const text = escapeMarkup(name);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240"><rect width="318" height="238" x="1" y="1" fill="none" stroke="black"/><text x="12" y="124">${text}</text></svg>\n`;
}

/** Control characters have no place in XML at all. */
function escapeMarkup(text: string): string {
  return text.replace(/[<>&"']|\p{C}/gu, (found) =>
    /\p{C}/u.test(found) ? " " : `&#${found.codePointAt(0)};`,
  );
}
