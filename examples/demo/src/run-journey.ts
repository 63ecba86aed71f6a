import { styleText } from "node:util";
import type { UserFile } from "@driveway/contract";
import type { Sandbox } from "@driveway/sandbox";
import type { ApiClient } from "./api-client.ts";
import { compareExport, compareLibrary } from "./compare.ts";
import { connectDrive } from "./connect-drive.ts";
import { type ExportedFile, exportImages } from "./export-images.ts";
import { importAtOnce, importByJob } from "./import-pictures.ts";
import { listImages } from "./list-images.ts";
import { listPictures, type Picture } from "./list-pictures.ts";
import { type Figures, measure } from "./measure.ts";
import { showProgress } from "./progress.ts";

const FEW = 2;
const MANY = 200;
const EXPORTED = 50;
const FOLDER_NAME = "From Driveway";

interface JourneyParams {
  readonly api: ApiClient;
  readonly sandbox: Sandbox;
  readonly signal: AbortSignal;
}

/** What a whole journey took, and what was wrong, a line each. */
export interface Outcome {
  readonly figures: readonly Figures[];
  readonly faults: readonly string[];
}

/** One journey under way: where it goes, and what has been found so far. */
interface Journey extends JourneyParams {
  readonly connectionId: string;
  readonly figures: Figures[];
  readonly faults: string[];
}

/** Connects a Drive, lists it, imports a few and many pictures, exports some, and compares both sides. */
export async function runJourney(params: JourneyParams): Promise<Outcome> {
  const [owner] = params.sandbox.accounts;
  if (owner === undefined) throw new Error("The sandbox has no account");
  const connectionId = await connectDrive({ api: params.api, email: owner.email });
  told(`Connected the Drive of ${owner.email}`);
  const journey: Journey = { ...params, connectionId, figures: [], faults: [] };
  const pictures = await list(journey);
  const few = pictures.slice(0, FEW);
  const many = pictures.slice(FEW, FEW + MANY);
  await importFew(journey, few);
  await importMany(journey, many);
  const images = await listImages(params.api);
  const chosen = images.slice(0, EXPORTED);
  const exported = await exportSome(journey, chosen);
  await compareBoth(journey, { sub: owner.sub, pictures: [...few, ...many], images, chosen, exported });
  return journey;
}

async function list(journey: Journey): Promise<Picture[]> {
  const none = { step: "list the Drive", files: 0, sizeBytes: 0 };
  const { result, figures } = await measure({ ...none, ...journey, work: () => listPictures(journey) });
  journey.figures.push({ ...figures, files: result.length });
  told(`Found ${result.length} pictures through the picker proxy`);
  return result;
}

async function importFew(journey: Journey, pictures: readonly Picture[]): Promise<void> {
  const about = { step: `import ${pictures.length}, answered at once`, ...amountOf(pictures) };
  const work = () => importAtOnce({ ...journey, pictures });
  const { result, figures } = await measure({ ...about, ...journey, work });
  journey.figures.push(figures);
  journey.faults.push(...result.faults);
  told(`${result.message}, answered at once`);
}

async function importMany(journey: Journey, pictures: readonly Picture[]): Promise<void> {
  const progress = showProgress({ output: process.stdout, label: "Importing", total: pictures.length });
  const about = { step: `import ${pictures.length}, as a job`, ...amountOf(pictures) };
  const work = () => importByJob({ ...journey, pictures, onProgress: progress.advance });
  const { result, figures } = await measure({ ...about, ...journey, work }).finally(progress.end);
  journey.figures.push(figures);
  journey.faults.push(...result);
  told(`${pictures.length} files imported by a job`);
}

async function exportSome(journey: Journey, images: readonly UserFile[]): Promise<ExportedFile[]> {
  const progress = showProgress({ output: process.stdout, label: "Exporting", total: images.length });
  const sizeBytes = images.reduce((sum, image) => sum + image.size_bytes, 0);
  const about = { step: `export ${images.length}`, files: images.length, sizeBytes };
  const imageIds = images.map((image) => image.id);
  const work = () =>
    exportImages({ ...journey, imageIds, folderName: FOLDER_NAME, onProgress: progress.advance });
  const { result, figures } = await measure({ ...about, ...journey, work }).finally(progress.end);
  journey.figures.push(figures);
  journey.faults.push(...result.faults);
  told(`${result.exported.length} files exported into the folder “${FOLDER_NAME}”`);
  return result.exported;
}

async function compareBoth(
  journey: Journey,
  found: {
    sub: string;
    pictures: readonly Picture[];
    images: readonly UserFile[];
    chosen: readonly UserFile[];
    exported: readonly ExportedFile[];
  },
): Promise<void> {
  const { pictures, exported, chosen } = found;
  const about = { step: "read the library back", ...amountOf(pictures) };
  const work = () => compareLibrary({ ...journey, ...found });
  const { result, figures } = await measure({ ...about, ...journey, work });
  journey.figures.push(figures);
  journey.faults.push(...result);
  journey.faults.push(...compareExport({ ...journey, ...found, folderName: FOLDER_NAME, images: chosen }));
  told(`Compared ${pictures.length} in the library and ${exported.length} in the Drive by SHA-256`);
}

function amountOf(pictures: readonly Picture[]): { files: number; sizeBytes: number } {
  const sizeBytes = pictures.reduce((sum, picture) => sum + picture.sizeBytes, 0);
  return { files: pictures.length, sizeBytes };
}

function told(text: string): void {
  console.log(`  ${styleText("green", "✓")} ${text}`);
}
