import { cruise } from "dependency-cruiser";

/**
 * The rooms of `apps/server/src`, from the street door down. A room imports only rooms below it. The order and
 * the reasons are in docs/architecture.md; this list is the rule itself.
 */
const ROOMS = [
  "api",
  "departures",
  "keeping",
  "transfers",
  "connections",
  "library",
  "identity",
  "drives",
  "blobs",
  "queue",
  "db",
  "platform",
] as const;

const SERVER = "apps/server/src";
/** Fewer modules than this means that the checker has read nothing, and a green answer would be worth nothing. */
const FEWEST_MODULES = 60;

const upward = ROOMS.slice(1).map((room, index) => ({
  name: `${room}-imports-only-rooms-below`,
  severity: "error" as const,
  comment: `${room} stands below ${ROOMS.slice(0, index + 1).join(", ")} and does not know them`,
  from: { path: `^${SERVER}/${room}/` },
  to: { path: `^${SERVER}/(${[...ROOMS.slice(0, index + 1), "cli"].join("|")})/|^${SERVER}/[^/]+\\.ts$` },
}));

/** A folder's index.ts is its face: nothing outside reaches behind it. Tests stand inside their room. */
const behindTheFace = ROOMS.filter((room) => room !== "platform").map((room) => ({
  name: `${room}-is-entered-by-its-index`,
  severity: "error" as const,
  comment: `what ${room} offers is in ${room}/index.ts`,
  from: { path: `^${SERVER}/`, pathNot: [`^${SERVER}/${room}/`, "\\.test\\.ts$", `^${SERVER}/testing/`] },
  to: { path: `^${SERVER}/${room}/`, pathNot: `^${SERVER}/${room}/(index\\.ts$|[^/]+/index\\.ts$)` },
}));

const result = await cruise(["apps", "packages", "examples", "e2e", "bench"], {
  parser: "swc",
  tsPreCompilationDeps: true,
  doNotFollow: { path: "node_modules" },
  exclude: { path: "node_modules|/dist/" },
  ruleSet: {
    forbidden: [
      ...upward,
      ...behindTheFace,
      {
        name: "no-circles",
        severity: "error",
        comment: "two files that need each other are one thing, or three",
        from: {},
        to: { circular: true },
      },
      {
        name: "contract-knows-nobody",
        severity: "error",
        comment: "the contract is the API on paper: zod and nothing else",
        from: { path: "^packages/contract/" },
        to: { pathNot: "^packages/contract/|node_modules/zod" },
      },
      {
        name: "sandbox-stands-alone",
        severity: "error",
        comment: "the sandbox is a Google for anybody, not only for Driveway",
        from: { path: "^packages/sandbox/" },
        to: { path: "^(apps|examples|e2e|packages/contract)/" },
      },
      {
        name: "server-knows-the-sandbox-by-two-urls",
        severity: "error",
        comment: "only the file that starts the sandbox for a trial, and tests, import it",
        from: {
          path: `^${SERVER}/`,
          pathNot: [`^${SERVER}/start-sandbox\\.ts$`, "\\.test\\.ts$", `^${SERVER}/testing/`],
        },
        to: { path: "^packages/sandbox/" },
      },
    ],
  },
  validate: true,
  enhancedResolveOptions: {
    extensions: [".ts", ".js"],
    exportsFields: ["exports"],
    conditionNames: ["import", "node", "default"],
  },
});

if (typeof result.output === "string") throw new Error("the dependency report came as text");
const { summary } = result.output;
for (const violation of summary.violations) {
  console.error(`${violation.rule.name}: ${violation.from} -> ${violation.to}`);
}
const edges = summary.totalDependenciesCruised ?? 0;
console.log(
  `layers: ${summary.totalCruised} modules, ${edges} imports, ${summary.violations.length} violations`,
);
if (summary.totalCruised < FEWEST_MODULES || edges < FEWEST_MODULES) {
  console.error(
    `layers: expected at least ${FEWEST_MODULES} modules and as many imports; the checker has read nothing`,
  );
  process.exitCode = 1;
}
if (summary.violations.length > 0) process.exitCode = 1;
