import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestDrive, type TestDrive } from "../testing/start-test-drive.ts";

/** A file as a reader of the documentation would describe it; the naive judge looks at nothing else. */
interface Plain {
  readonly id: string;
  readonly name: string;
  readonly mimeType: string;
  readonly modifiedMs: number;
  readonly starred: boolean;
  readonly trashed: boolean;
  readonly inFolder: boolean;
  readonly mark: string | null;
}

/** A search as text, with what it means. */
interface Search {
  readonly text: string;
  readonly means: (file: Plain) => boolean;
  readonly isChain: boolean;
}

const NAMES = [
  "Beach one.jpg",
  "beach TWO.JPG",
  "it's mine",
  "back\\slash",
  "one",
  "HelloWorld",
  "é 1",
  "a (b) or c",
];
const TYPES = ["image/jpeg", "image/png", "text/plain"];
const MARKS = ["1", "2", "don't"];
const DAY_MS = 24 * 60 * 60 * 1000;
const START_MS = Date.parse("2024-03-01T00:00:00Z");
let drive: TestDrive;
let folderId: string;
const files: Plain[] = [];

beforeAll(async () => {
  drive = await startTestDrive();
  folderId = drive.store.addFolder("101", { name: "zzz" }).id;
  for (let n = 0; n < 24; n += 1) files.push(addPlain(n));
});
afterAll(() => drive.close());

function addPlain(n: number): Plain {
  const plain = {
    name: NAMES[n % NAMES.length] ?? "",
    mimeType: TYPES[n % TYPES.length] ?? "",
    modifiedMs: START_MS + (n % 5) * DAY_MS,
    starred: n % 2 === 0,
    trashed: n % 7 === 0,
    inFolder: n % 3 === 1,
    mark: n % 4 === 0 ? null : (MARKS[n % MARKS.length] ?? null),
  };
  const { modifiedMs, inFolder, mark, ...more } = plain;
  const { id } = drive.store.addFile("101", {
    ...more,
    content: new Uint8Array(1),
    modifiedTime: new Date(modifiedMs).toISOString(),
    ...(inFolder && { parentId: folderId }),
    ...(mark !== null && { properties: { mark } }),
  });
  return { id, ...plain };
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}

function leaf(text: string, means: (file: Plain) => boolean): Search {
  return { text, means, isChain: false };
}

function holds(operator: string, left: number, right: number): boolean {
  const order = Math.sign(left - right);
  const allowed: Record<string, readonly number[]> = {
    "=": [0],
    "!=": [-1, 1],
    "<": [-1],
    "<=": [-1, 0],
    ">": [1],
    ">=": [1, 0],
  };
  return allowed[operator]?.includes(order) ?? false;
}

function startsWord(name: string, beginning: string): boolean {
  const words = name.toLowerCase().split(/[^a-zé0-9]+/);
  return words.some((word) => word.startsWith(beginning.toLowerCase()));
}

const equality = fc.constantFrom("=", "!=");
const comparison = fc.constantFrom("=", "!=", "<", "<=", ">", ">=");
const leaves: fc.Arbitrary<Search> = fc.oneof(
  fc
    .tuple(fc.constantFrom("beach", "ONE", "Hello", "World", "jp", "mine", "é"), fc.constant(0))
    .map(([word]) => leaf(`name contains ${quoted(word)}`, ({ name }) => startsWord(name, word))),
  fc
    .tuple(fc.constantFrom(...NAMES), equality)
    .map(([sought, operator]) =>
      leaf(
        `name ${operator} ${quoted(sought.toUpperCase())}`,
        ({ name }) => (name.toLowerCase() === sought.toLowerCase()) === (operator === "="),
      ),
    ),
  fc
    .tuple(fc.constantFrom(...TYPES), equality)
    .map(([type, operator]) =>
      leaf(
        `mimeType${operator}${quoted(type)}`,
        ({ mimeType }) => (mimeType === type) === (operator === "="),
      ),
    ),
  fc
    .constantFrom("image/", "text", "png")
    .map((part) => leaf(`mimeType contains ${quoted(part)}`, ({ mimeType }) => mimeType.includes(part))),
  fc.tuple(fc.integer({ min: -1, max: 5 }), comparison, fc.boolean()).map(([day, operator, zoned]) => {
    const timeMs = START_MS + day * DAY_MS;
    const text = new Date(timeMs).toISOString();
    return leaf(`modifiedTime ${operator} '${zoned ? text : text.slice(0, 19)}'`, ({ modifiedMs }) =>
      holds(operator, modifiedMs, timeMs),
    );
  }),
  fc
    .tuple(fc.constantFrom("starred", "trashed"), equality, fc.boolean())
    .map(([term, operator, value]) =>
      leaf(
        `${term} ${operator} ${value}`,
        (file) => (file[term as "starred" | "trashed"] === value) === (operator === "="),
      ),
    ),
  fc.constant(0).map(() => leaf("sharedWithMe", () => false)),
  fc.constant(0).map(() => leaf("'me' in owners", () => true)),
  fc.constant(0).map(() => leaf("'root' in parents", ({ inFolder }) => !inFolder)),
  fc.constant(0).map(() => ({
    ...leaf("", ({ inFolder }) => inFolder),
    get text() {
      return `'${folderId}' in parents`;
    },
  })),
  fc
    .constantFrom(...MARKS)
    .map((value) =>
      leaf(`properties has { key='mark' and value=${quoted(value)} }`, ({ mark }) => mark === value),
    ),
);

function wrapped({ text, isChain }: Search): string {
  return isChain ? `(${text})` : text;
}

/** `and` and `or` bind alike and from left to right, so that a chain needs no parentheses on its left. */
const { search } = fc.letrec<{ search: Search }>((tie) => ({
  search: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaves,
    tie("search").map((of) => ({
      text: `not ${wrapped(of)}`,
      means: (file: Plain) => !of.means(file),
      isChain: false,
    })),
    tie("search").map((of) => ({ ...of, text: `( ${of.text} )`, isChain: false })),
    fc
      .tuple(tie("search"), fc.constantFrom("and", "or"), tie("search"), fc.boolean())
      .map(([left, word, right, bare]) => ({
        text: `${bare ? left.text : wrapped(left)} ${word} ${wrapped(right)}`,
        means: (file: Plain) =>
          word === "and" ? left.means(file) && right.means(file) : left.means(file) || right.means(file),
        isChain: true,
      })),
  ),
}));

async function ask(q: string) {
  return await drive.json(`/drive/v3/files?pageSize=1000&fields=files(id)&q=${encodeURIComponent(q)}`);
}

describe("the language of searches", () => {
  it("means what its documentation says, however a search is put together", async () => {
    const known = new Set(files.map(({ id }) => id));
    await fc.assert(
      fc.asyncProperty(search, async ({ text, means }) => {
        const { status, body } = await ask(text);
        expect([status, text]).toEqual([200, text]);
        const found = body.files.map(({ id }) => id).filter((id) => known.has(id));
        expect(new Set(found)).toEqual(new Set(files.filter(means).map(({ id }) => id)));
      }),
      { numRuns: 300 },
    );
  });

  it("refuses garbage with 400 and never falls over it", async () => {
    const parts = fc.constantFrom(
      ..."name contains = != < ( ) and or not in has { } ' '' 'x' \\ true trashed parents modifiedTime '2020-01-01' key".split(
        " ",
      ),
    );
    const garbage = fc.oneof(
      fc.array(parts, { maxLength: 12 }).map((words) => words.join(" ")),
      fc.string({ unit: "grapheme", maxLength: 60 }),
    );
    await fc.assert(
      fc.asyncProperty(garbage, async (q) => {
        const { status, reason, body } = await ask(q);
        if (status === 200) return;
        if (/name\s*[<>]/.test(q) && status === 500) return;
        expect([status, reason, body.error.errors[0]?.location]).toEqual([400, "invalid", "q"]);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["name", "contains = !=", "in has <"],
    ["fullText", "contains", "= != in has <"],
    ["mimeType", "contains = !=", "in has <"],
    ["visibility", "= !=", "contains in has <"],
    ["shortcutDetails.targetId", "= !=", "contains in has <"],
    ["modifiedTime", "< <= = != > >=", "contains in has"],
    ["createdTime", "< <= = != > >=", "contains in has"],
    ["viewedByMeTime", "< <= = != > >=", "contains in has"],
    ["sharedWithMeTime", "< <= = != > >=", "contains in has"],
    ["trashed", "= !=", "contains in has <"],
    ["starred", "= !=", "contains in has <"],
    ["sharedWithMe", "= !=", "contains in has <"],
    ["id", "", "contains = != in has <"],
  ])("has for %s the operators %s and refuses %s", async (term, allowed, refused) => {
    const value = /Time$/.test(term)
      ? "'2024-01-01T00:00:00Z'"
      : /^(?:trashed|s.*e[de]?)$/i.test(term)
        ? "true"
        : "'limited'";
    for (const operator of allowed.split(" ").filter(Boolean)) {
      expect([operator, (await ask(`${term} ${operator} ${value}`)).status]).toEqual([operator, 200]);
    }
    for (const operator of refused.split(" ")) {
      const { status } = await ask(`${term} ${operator} ${value}`);
      expect([operator, status]).toEqual([operator, term === "name" && operator === "<" ? 500 : 400]);
    }
  });

  it.each(["parents", "owners", "writers", "readers"])(
    "asks who or what is in %s, and nothing else of it",
    async (term) => {
      expect((await ask(`'me' in ${term}`)).status).toBe(200);
      for (const q of [`${term} in 'me'`, `${term} = 'me'`, `'me' contains ${term}`]) {
        expect((await ask(q)).status).toBe(400);
      }
    },
  );

  it.each(["properties", "appProperties"])("asks what %s have, and nothing else of them", async (term) => {
    expect((await ask(`${term} has { key='a' and value='b' }`)).status).toBe(200);
    for (const q of [`${term} has 'a'`, `${term} = 'a'`, `'a' in ${term}`, `${term} has { key='a' }`]) {
      expect((await ask(q)).status).toBe(400);
    }
  });

  it("takes times in quotes alone", async () => {
    expect((await ask("modifiedTime > 2024-01-01T00:00:00Z")).status).toBe(400);
    expect((await ask("modifiedTime > '2024-01-01T00:00:00'")).status).toBe(200);
  });

  it("stumbles over the order of names with 500, and refuses that of ids with 400", async () => {
    expect(await ask("name > 'x'")).toMatchObject({ status: 500, reason: "internalError" });
    expect(await ask("id > 'x'")).toMatchObject({ status: 400, reason: "invalid" });
  });

  it("includes the trash unless told otherwise", async () => {
    const trashed = files.filter((file) => file.trashed).map(({ id }) => id);
    expect((await ask("'me' in owners")).body.files.map(({ id }) => id)).toEqual(
      expect.arrayContaining(trashed),
    );
  });

  it("looks for signs as they are when a search by contains is of nothing else", async () => {
    const { id } = drive.store.addFile("101", { name: "50 %", mimeType: "text/x-sign", content: null });
    expect((await ask("name contains '%' and mimeType = 'text/x-sign'")).body.files).toEqual([{ id }]);
    expect((await ask("name contains '#' and mimeType = 'text/x-sign'")).body.files).toEqual([]);
  });
});
