import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSandbox } from "../create-sandbox.ts";
import type { FaultPlan } from "./fault-plan.ts";
import type { Attempts, FaultRule } from "./fault-rule.ts";
import { Faults } from "./faults.ts";
import type { FaultSubject } from "./fault-subject.ts";
import { withFaults } from "./testing/with-faults.ts";

const KINDS = [
  "about",
  "files.get",
  "files.get.media",
  "files.list",
  "oauth.token",
  "upload.resumable.chunk",
];

function faultsWith(...rules: FaultRule[]): Faults {
  const faults = new Faults({
    isFile: (id) => id.startsWith("file"),
    isAccount: (email) => email === "a@b",
    isClient: (clientId) => ["c", "d"].includes(clientId),
    kinds: () => KINDS,
  });
  faults.replace({ seed: 3, rules });
  return faults;
}

function subject(kind: string, fileId: string | null = null, more: Partial<FaultSubject> = {}): FaultSubject {
  const attemptOf = fileId ?? "";
  const nothing = {
    batched: false,
    isHead: false,
    bodyBytes: 0,
    fileName: () => null,
    credential: () => null,
  };
  return { kind, fileId, attemptOf, ...nothing, ...more };
}

const down = { kind: "status", status: 503 } as const;

describe("a rule", () => {
  it("counts the attempts at each file for itself", () => {
    const faults = faultsWith({ route: "files.get.media", attempt: [1, 3], fault: down });
    const met = (fileId: string) => faults.meet(subject("files.get.media", fileId)) !== null;
    expect([met("file1"), met("file2"), met("file1"), met("file1"), met("file1")]).toEqual([
      true,
      true,
      false,
      true,
      false,
    ]);
  });

  it("is for the routes, the file, the name, the person and the client that it names", () => {
    const about = (more: Partial<FaultSubject>) => subject("files.get", "file1", more);
    const cases: [Omit<FaultRule, "fault">, FaultSubject, boolean][] = [
      [{ route: "files.*" }, subject("files.list"), true],
      [{ route: "files.*" }, subject("about"), false],
      [{ route: ["about", "oauth.*"] }, subject("oauth.token"), true],
      [{ route: "files.get" }, subject("files.get.media"), false],
      [{ route: "*", file: "file1" }, subject("files.get", "file1"), true],
      [{ route: "*", file: "file1" }, subject("files.get", "file2"), false],
      [{ route: "*", name: "IMG*" }, about({ fileName: () => "IMG_1.jpg" }), true],
      [{ route: "*", name: "*.jpg" }, about({ fileName: () => "IMG_1.png" }), false],
      [{ route: "*", name: "*_*" }, about({ fileName: () => "IMG_1.png" }), true],
      [{ route: "*", name: "IMG_1" }, about({ fileName: () => "IMG_1.png" }), false],
      [{ route: "*", email: "a@b" }, about({ credential: () => ({ email: "a@b", clientId: "c" }) }), true],
      [{ route: "*", clientId: "d" }, about({ credential: () => ({ email: "a@b", clientId: "c" }) }), false],
      [{ route: "*", email: "a@b" }, about({}), false],
    ];
    for (const [conditions, asked, isMet] of cases) {
      expect(
        faultsWith({ ...conditions, fault: down }).meet(asked) !== null,
        JSON.stringify(conditions),
      ).toBe(isMet);
    }
  });

  it("reaches into a batch with an answer, not with a broken connection", () => {
    const within = { ...subject("files.get", "file1"), batched: true };
    expect(faultsWith({ route: "*", fault: down }).meet(within)).not.toBeNull();
    expect(faultsWith({ route: "*", fault: { kind: "reset" } }).meet(within)).toBeNull();
  });

  it("hits exactly as often as it says, whatever comes", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.constantFrom("files.get", "files.list"), fc.constantFrom("file1", "file2", "file3")),
        ),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        (asked, every, times) => {
          const faults = faultsWith({ route: "files.get", every, times, fault: down });
          const hits = asked.filter(([kind, id]) => faults.meet(subject(kind, id)) !== null).length;
          const matched = asked.filter(([kind]) => kind === "files.get").length;
          expect(hits).toBe(Math.min(times, Math.floor(matched / every)));
          expect(faults.plan.rules[0]).toMatchObject({ matched, hits });
        },
      ),
    );
  });

  it("hits exactly the attempts that it names, at most so often in all, and never more", () => {
    const attempts = fc.oneof(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
      fc.record({ from: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ to: fc.integer({ min: 1, max: 4 }) }),
    );
    const isMeant = (meant: Attempts, nth: number) => {
      if (typeof meant === "number") return nth === meant;
      if ("includes" in meant) return meant.includes(nth);
      return nth >= (meant.from ?? 1) && nth <= (meant.to ?? nth);
    };
    const ids = fc.array(fc.constantFrom("file1", "file2", "file3"), { maxLength: 40 });
    fc.assert(
      fc.property(ids, attempts, fc.integer({ min: 1, max: 9 }), (asked, attempt, times) => {
        const faults = faultsWith({ route: "*", attempt, times, fault: down });
        const seen = new Map<string, number>();
        let expected = 0;
        for (const id of asked) {
          const nth = (seen.get(id) ?? 0) + 1;
          seen.set(id, nth);
          const isHit = isMeant(attempt, nth) && expected < times;
          if (isHit) expected += 1;
          expect(faults.meet(subject("files.get", id)) !== null).toBe(isHit);
        }
        expect(faults.plan.rules[0]?.hits).toBe(expected);
      }),
    );
  });

  it("draws otherwise for another seed and for another rule", () => {
    const ids = Array.from({ length: 64 }, (_, index) => `file${index}`);
    const rule = { route: "*", probability: 0.5, fault: down } satisfies FaultRule;
    const hitsOf = (faults: Faults) =>
      ids.map((id) => (faults.meet(subject("files.get", id)) === null ? "0" : "1")).join("");
    const [first, second] = [faultsWith(rule), faultsWith(rule)];
    second.replace({ seed: 4, rules: [rule] });
    const third = faultsWith({ route: "about", fault: down }, rule);
    const fourth = faultsWith(rule, { route: "about", fault: down });
    fourth.remove(fourth.plan.rules[0]?.id ?? "");
    fourth.add(rule);
    const drawn = [first, second, third, fourth].map(hitsOf);
    expect(new Set(drawn).size).toBe(4);
  });

  it("passes over requests to which its fault cannot happen, and does not count them as hits", () => {
    const cases: [FaultRule["fault"], FaultSubject, FaultSubject][] = [
      [{ kind: "redirect" }, subject("files.list"), subject("files.get.media", "file1")],
      [{ kind: "withhold" }, subject("files.list"), subject("upload.resumable.chunk")],
      [
        { kind: "reset", afterRequestBytes: 0 },
        subject("files.list"),
        subject("files.list", null, { bodyBytes: 1 }),
      ],
    ];
    for (const [fault, passed, met] of cases) {
      const faults = faultsWith({ route: "*", times: 1, fault });
      expect(faults.meet(passed)).toBeNull();
      expect(faults.meet(met)?.fault?.kind).toBe("kind" in fault ? fault.kind : "");
    }
  });

  it("draws the same for the same file and attempt, in whatever order the files are asked for", () => {
    const ids = Array.from({ length: 200 }, (_, index) => `file${index}`);
    const rule = {
      route: "files.get.media",
      probability: 0.25,
      fault: [down, { kind: "html" }, { kind: "lostAnswer" }],
    } satisfies FaultRule;
    const outcomes = (order: readonly string[]) => {
      const faults = faultsWith(rule);
      return new Map(order.map((id) => [id, faults.meet(subject("files.get.media", id))?.fault?.kind]));
    };
    const forwards = outcomes(ids);
    const backwards = outcomes([...ids].reverse());
    for (const id of ids) expect(backwards.get(id)).toBe(forwards.get(id));
    const hit = [...forwards.values()].filter((kind) => kind !== undefined);
    expect(hit.length).toBeGreaterThan(25);
    expect(hit.length).toBeLessThan(80);
    expect(new Set(hit).size).toBe(3);
  });
});

describe("rules in force", () => {
  it("the first that hits is the one that is met, and the others do not count", () => {
    const faults = faultsWith(
      { route: "files.list", times: 1, fault: { kind: "html" } },
      { route: "files.list", fault: down },
    );
    const kinds = [1, 2].map(() => faults.meet(subject("files.list"))?.fault?.kind);
    expect(kinds).toEqual(["html", "status"]);
    expect(faults.plan.rules.map(({ hits }) => hits)).toEqual([1, 1]);
  });

  it("can be added and taken away one by one", () => {
    const faults = faultsWith();
    const id = faults.add({ route: "about", fault: down });
    expect(faults.meet(subject("about"))).not.toBeNull();
    expect([faults.remove(id), faults.remove(id)]).toEqual([true, false]);
    expect(faults.isEmpty).toBe(true);
  });

  it("hold from the start on when the options say so, latency beside them", async () => {
    const options = { library: "none", latencyMs: 3, latencyJitterMs: 2 } as const;
    const plan: FaultPlan = { rules: [{ route: "about", fault: down }] };
    const sandbox = await createSandbox({ ...options, faults: plan });
    try {
      expect((await fetch(`${sandbox.origin}/drive/v3/about`)).status).toBe(503);
      sandbox.faults.clear();
      expect((await fetch(`${sandbox.origin}/drive/v3/about`)).status).toBe(403);
      sandbox.reset();
      expect(sandbox.faults.plan.rules).toHaveLength(2);
    } finally {
      await sandbox.close();
    }
  });

  it("meet the same requests for the same seed, in whatever order 32 clients ask at a time", () =>
    withFaults(async ({ sandbox, file, ask, put }) => {
      const ids = Array.from(
        { length: 96 },
        (_, index) =>
          sandbox.drive.addFile(file.ownerSub, {
            name: `${index}.png`,
            mimeType: "image/png",
            content: Buffer.from([index]),
          }).id,
      );
      const run = async (order: readonly string[]) => {
        put(
          { route: "files.get.media", probability: 0.3, fault: [down, { kind: "reset" }] },
          { route: "files.get.media", attempt: 2, probability: 0.5, fault: { kind: "lostAnswer" } },
        );
        const left = [...order];
        const outcomes = new Map<string, string>();
        const client = async () => {
          for (let id = left.shift(); id !== undefined; id = left.shift()) {
            const path = `/drive/v3/files/${id}?alt=media`;
            const answers = [await ask(path), await ask(path)];
            outcomes.set(id, answers.map(({ status, end }) => `${status} ${end}`).join(", "));
          }
        };
        await Promise.all(Array.from({ length: 32 }, client));
        return ids.map((id) => outcomes.get(id));
      };
      const first = await run(ids);
      expect(await run([...ids].reverse())).toEqual(first);
      expect(new Set(first).size).toBeGreaterThan(4);
    }));

  it("are met once each by many clients at a time", () =>
    withFaults(async ({ sandbox, file, ask, put }) => {
      put({ route: "files.get", times: 5, fault: down });
      const answers = await Promise.all(Array.from({ length: 32 }, () => ask(`/drive/v3/files/${file.id}`)));
      expect(answers.filter(({ status }) => status === 503)).toHaveLength(5);
      expect(sandbox.faults.plan.rules[0]).toMatchObject({ matched: 32, hits: 5 });
    }));
});

describe("a plan is refused", () => {
  it.each<[string, unknown, RegExp]>([
    ["an unknown member of the plan", { rules: [], speed: 1 }, /unknown option "speed"/],
    ["rules that are none", { rules: 5 }, /rules/],
    [
      "an unknown option of a rule",
      { rules: [{ route: "about", fault: down, often: 1 }] },
      /rule 1: unknown option "often"/,
    ],
    [
      "an unknown fault kind",
      { rules: [{ route: "about", fault: { kind: "melt" } }] },
      /rule 1: fault.*unknown fault kind; known are status, html/,
    ],
    [
      "an unknown option of a fault",
      { rules: [{ route: "about", fault: { ...down, codes: 1 } }] },
      /unknown option "codes"/,
    ],
    [
      "an unknown route",
      { rules: [{ route: "files.gett", fault: down }] },
      /rule 1: route: unknown route "files.gett"/,
    ],
    [
      "one unknown route of several",
      { rules: [{ route: ["about", "x.*"], fault: down }] },
      /unknown route "x.\*"/,
    ],
    [
      "an unknown file, in the second rule",
      {
        rules: [
          { route: "about", fault: down },
          { route: "*", file: "nope", fault: down },
        ],
      },
      /rule 2: file: there is no file "nope"/,
    ],
    [
      "a person who has no account",
      { rules: [{ route: "about", email: "eve@example.com", fault: down }] },
      /rule 1: email: there is no account "eve@example.com"/,
    ],
    [
      "a client that nobody has",
      { rules: [{ route: "about", clientId: "other", fault: down }] },
      /rule 1: clientId: there is no client "other"/,
    ],
    [
      "a status that is none",
      { rules: [{ route: "about", fault: { kind: "status", status: 200 } }] },
      /status/,
    ],
    [
      "a time to come back that no date can tell",
      { rules: [{ route: "about", fault: { ...down, retryAfterSeconds: 9e12, retryAfterAsDate: true } }] },
      /rule 1: fault.*retryAfterSeconds/,
    ],
    [
      "a probability above 1",
      { rules: [{ route: "about", probability: 2, fault: down }] },
      /rule 1: probability/,
    ],
    [
      "attempts that contradict each other",
      { rules: [{ route: "about", attempt: { from: 3, to: 2 }, fault: down }] },
      /attempt.*from must not be greater/,
    ],
    [
      "a reset at two places",
      { rules: [{ route: "about", fault: { kind: "reset", afterBytes: 1, afterRequestBytes: 1 } }] },
      /only one of/,
    ],
    [
      "a redirect of what is no download",
      { rules: [{ route: ["about", "files.list"], fault: { kind: "redirect" } }] },
      /rule 1: fault: redirect can happen to files.get.media only/,
    ],
    [
      "one fault of several for other routes",
      { rules: [{ route: "files.*", fault: [down, { kind: "withhold" }] }] },
      /rule 1: fault: withhold can happen to upload.resumable.chunk only/,
    ],
    ["no fault to draw", { rules: [{ route: "about", fault: [] }] }, /rule 1: fault/],
    ["a seed that is none", { seed: 1.5, rules: [] }, /seed/],
    ["what is no plan", [], /faults/],
    [
      "a truncation without a place",
      { rules: [{ route: "about", fault: { kind: "truncate" } }] },
      /afterBytes/,
    ],
  ])("with %s, and nothing of it holds", (_what, plan, words) => {
    const faults = faultsWith({ route: "about", fault: down });
    expect(() => faults.replace(plan as FaultPlan)).toThrow(words);
    expect(faults.plan.rules).toHaveLength(1);
  });

  it("with people and clients that others have, and those of the sandbox are known", () =>
    withFaults(
      async ({ sandbox, put }) => {
        const rule = { route: "about", fault: down };
        put(
          ...sandbox.accounts.map(({ email }) => ({ ...rule, email })),
          { ...rule, clientId: sandbox.clientId },
          { ...rule, clientId: "second" },
          { ...rule, email: "carol@example.com" },
        );
        expect(() => put({ ...rule, email: "eve@example.com" })).toThrow(/no account "eve@example.com"/);
        expect(() => put({ ...rule, clientId: "third" })).toThrow(/no client "third"/);
        expect(sandbox.faults.plan.rules).toHaveLength(sandbox.accounts.length + 3);
      },
      { accounts: [{ email: "carol@example.com" }], clients: [{ clientId: "second", clientSecret: "s" }] },
    ));

  it("unless the file is said to come later", () => {
    const faults = faultsWith({ route: "files.get", file: "later", fileMayAppear: true, fault: down });
    expect(faults.meet(subject("files.get", "later"))).not.toBeNull();
  });
});
