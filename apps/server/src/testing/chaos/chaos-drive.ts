import { createSandbox, generatedContent, type NewFile, type Sandbox } from "@driveway/sandbox";
import type { ChaosOptions } from "./chaos-options.ts";
import { type SeededRandom, seededRandom } from "./seeded-random.ts";

/** Of whom the drives are. Two of them work in one workspace, the third in another. */
export const OWNERS = ["alice@example.com", "bob@example.com", "carol@example.com"] as const;
export type Owner = (typeof OWNERS)[number];

/** Short enough that tokens are renewed again and again: one with less than five minutes to run is not used. */
const TOKEN_SECONDS = 330;
const SMALLEST_BYTES = 600;
const SIGMA = 1;
/** Files that have the bytes of another one, and shortcuts to another one: one in so many. */
const DUPLICATE_EVERY = 40;
const SHORTCUT_EVERY = 100;
const IMAGE = "image/jpeg";

/** What is to become of a file that is imported. */
export type Expectation =
  /** An image with these bytes. */
  | { readonly kind: "image"; readonly sha256: string }
  /** The image that it points to, or a refusal: the same for all shortcuts. */
  | { readonly kind: "shortcut"; readonly sha256: string }
  /** Refused, for a reason that lies in the file. */
  | { readonly kind: "refusal"; readonly why: string };

/** A file to import, and what is to come of it. */
export interface ChaosFile {
  readonly id: string;
  readonly name: string;
  readonly owner: Owner;
  readonly sizeBytes: number;
  readonly expectation: Expectation;
}

/** A sandbox with the drives of a run. */
export interface ChaosDrive {
  readonly sandbox: Sandbox;
  readonly files: readonly ChaosFile[];
}

/** Fills the drives: pictures of all sizes and one large one, copies, shortcuts, and what is no picture. */
export async function startChaosDrive(options: ChaosOptions): Promise<ChaosDrive> {
  const sandbox = await createSandbox({
    library: "none",
    accounts: [{ email: "carol@example.com" }],
    seed: options.seed,
    accessTokenLifetimeSeconds: TOKEN_SECONDS,
  });
  try {
    const random = seededRandom(options.seed);
    const pictures = await addPictures(sandbox, options, random);
    const shortcuts = addShortcuts(sandbox, pictures, random);
    const refused = OWNERS.flatMap((owner) => addRefused(sandbox, owner));
    return { sandbox, files: shuffled([...pictures, ...shortcuts, ...refused], random) };
  } catch (error) {
    await sandbox.close();
    throw error;
  }
}

async function addPictures(
  sandbox: Sandbox,
  options: ChaosOptions,
  random: SeededRandom,
): Promise<ChaosFile[]> {
  const made: ChaosFile[] = [];
  let recipe = { sizeBytes: options.largeBytes, index: 0 };
  for (let index = 0; index < options.files; index += 1) {
    const isCopy = index > 1 && index % DUPLICATE_EVERY === 0;
    if (index > 0 && !isCopy) recipe = { sizeBytes: drawSize(options, random), index };
    const content = await generatedContent({ ...recipe, seed: options.seed });
    const owner = random.pick(OWNERS);
    const name = `picture ${index}.jpg`;
    const { id } = add(sandbox, owner, { name, mimeType: IMAGE, content });
    const sha256 = content.checksums.sha256 ?? "";
    made.push({ id, name, owner, sizeBytes: recipe.sizeBytes, expectation: { kind: "image", sha256 } });
  }
  return made;
}

function drawSize({ medianBytes }: ChaosOptions, random: SeededRandom): number {
  const drawn = Math.round(random.lognormal(medianBytes, SIGMA));
  return Math.min(Math.max(drawn, SMALLEST_BYTES), medianBytes * 64);
}

function addShortcuts(sandbox: Sandbox, pictures: readonly ChaosFile[], random: SeededRandom): ChaosFile[] {
  const count = Math.ceil(pictures.length / SHORTCUT_EVERY);
  return Array.from({ length: count }, (_, index) => {
    const target = random.pick(pictures.slice(1));
    const { owner, sizeBytes, expectation } = target;
    const name = `shortcut ${index}`;
    const mimeType = "application/vnd.google-apps.shortcut";
    const { id } = add(sandbox, owner, { name, mimeType, content: null, shortcutTargetId: target.id });
    const sha256 = expectation.kind === "refusal" ? "" : expectation.sha256;
    return { id, name, owner, sizeBytes, expectation: { kind: "shortcut", sha256 } };
  });
}

/** What cannot be imported, one of each kind. */
function addRefused(sandbox: Sandbox, owner: Owner): ChaosFile[] {
  const content = Buffer.from(`no picture, but words of ${owner}`);
  const inputs: readonly (NewFile & { readonly why: string })[] = [
    { why: "text", name: "words.txt", mimeType: "text/plain", content },
    { why: "text called a picture", name: "words.jpg", mimeType: IMAGE, content },
    { why: "empty", name: "empty.jpg", mimeType: IMAGE, content: Buffer.alloc(0) },
    { why: "trashed", name: "trashed.jpg", mimeType: IMAGE, content, trashed: true },
    { why: "no download", name: "locked.jpg", mimeType: IMAGE, content, canDownload: false },
    { why: "abusive", name: "harmful.jpg", mimeType: IMAGE, content, abusive: true },
    { why: "another checksum", name: "wrong.jpg", mimeType: IMAGE, content, wrongChecksum: true },
  ];
  const refused = inputs.map(({ why, ...input }): ChaosFile => {
    const { id, name } = add(sandbox, owner, input);
    return { id, name, owner, sizeBytes: content.length, expectation: { kind: "refusal", why } };
  });
  const missing = {
    id: `1${"missing".repeat(4)}${OWNERS.indexOf(owner)}`,
    name: "missing.jpg",
    sizeBytes: 0,
  };
  return [...refused, { ...missing, owner, expectation: { kind: "refusal", why: "not there" } }];
}

function add(sandbox: Sandbox, owner: Owner, input: NewFile) {
  return sandbox.drive.addFile(accountOf(sandbox, owner), input);
}

/** The id of the owner's account. */
export function accountOf(sandbox: Sandbox, owner: Owner): string {
  const account = sandbox.accounts.find(({ email }) => email === owner);
  if (account === undefined) throw new Error(`the sandbox has no account ${owner}`);
  return account.sub;
}

function shuffled<T>(things: readonly T[], random: SeededRandom): T[] {
  const keyed = things.map((thing) => ({ thing, key: random.next() }));
  return keyed.sort((one, other) => one.key - other.key).map(({ thing }) => thing);
}
