import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { ERROR_CODES, type ErrorReply } from "@driveway/contract";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scope } from "../identity/index.ts";
import type { Reply } from "../testing/ask.ts";
import { type Operation, readOperations } from "../testing/read-operations.ts";
import { type MatrixCase, ROUTE_MATRIX, type Verdict } from "../testing/route-matrix.ts";
import {
  NOWHERE,
  type Owner,
  startTwoWorkspaces,
  type Things,
  type TwoWorkspaces,
} from "../testing/start-two-workspaces.ts";
import { ROUTE_ACCESS } from "./route-access.ts";

const WHERE_TO_ADD = "add a row for it to ROUTE_MATRIX in apps/server/src/testing/route-matrix.ts";
/** Ids that are the provider's and not ours. */
const FOREIGN_IDS = new Set(["folder_id"]);

/** So that no job goes on while the rows are compared. */
const WAITING = { prefer: "wait=20" };
const PRIVATE_TABLES = [
  "api_keys",
  "connections",
  "invitations",
  "oauth_attempts",
  "picker_sessions",
  "transfer_chunks",
  "transfer_items",
  "transfer_jobs",
  "users",
];

type OperationId = keyof typeof ROUTE_MATRIX;
const OPERATION_IDS = Object.keys(ROUTE_MATRIX) as OperationId[];

let world: TwoWorkspaces;
let operations: readonly Operation[];

beforeAll(async () => {
  world = await startTwoWorkspaces();
  operations = await readOperations(world.app);
});
afterAll(() => world.stop());

function operationOf(id: OperationId): Operation {
  const operation = operations.find(({ operationId }) => operationId === id);
  if (operation === undefined)
    throw new Error(`${id} is in ROUTE_MATRIX, but the server has no such operation`);
  return operation;
}

/** The request of a case, filled with somebody's things. */
function requestOf(operation: Operation, matrixCase: MatrixCase, of: Things, own: Things) {
  const values = matrixCase.path?.(of) ?? {};
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the row of ${operation.operationId} lacks {${name}}`);
    return encodeURIComponent(value);
  });
  const query = new URLSearchParams(matrixCase.query?.(of)).toString();
  const body = matrixCase.body?.(of, own);
  return { path: query === "" ? path : `${path}?${query}`, ...(body === undefined ? {} : { body }) };
}

async function ask(who: Owner, operation: Operation, matrixCase: MatrixCase, of: Things): Promise<Reply> {
  const { path, ...options } = requestOf(operation, matrixCase, of, who.things);
  const origin = matrixCase.fromOwnPage === true ? { origin: world.app.config.publicUrl } : {};
  const headers = { ...WAITING, ...origin };
  return world.app.request(operation.method, path, { apiKey: who.apiKey, headers, ...options });
}

function expectVerdict(reply: Reply, verdict: Verdict, where: string): void {
  const expected =
    typeof verdict === "number" ? [verdict, undefined] : [ERROR_CODES[verdict].status, verdict];
  expect([where, reply.status, reply.body?.error?.code]).toEqual([where, ...expected]);
}

/** An error without what differs from request to request: ids that were sent, and the request's own. */
function comparable(reply: Reply, sent: Things): string {
  const ids = [...Object.values(sent), reply.headers.get("x-request-id") ?? ""];
  return ids.reduce((text, id) => text.replaceAll(id, "…"), `${reply.status} ${reply.text}`);
}

/** All rows of a tenant, as text, by table. */
async function rowsOf(tenantId: string): Promise<Record<string, string[]>> {
  const { rows: tables } = await world.db.execute<{ name: string }>(
    sql`select table_name as name from information_schema.columns
        where table_schema = 'public' and column_name = 'tenant_id' order by 1`,
  );
  expect(tables.length).toBeGreaterThan(8);
  const found: Record<string, string[]> = {};
  for (const { name } of tables) {
    const { rows } = await world.db.execute<{ line: string }>(
      sql`select t::text as line from ${sql.identifier(name)} t where tenant_id = ${tenantId} order by 1`,
    );
    found[name] = rows.map(({ line }) => line);
  }
  return found;
}

/** The paths of the router, which prints them as a tree: four characters a level, each path without what stands above it. */
function servedPaths(): string[] {
  const printed = world.app.app.server?.printRoutes({ commonPrefix: false, includeHooks: false }) ?? "";
  const above: string[] = [];
  return [...printed.matchAll(/^(.*?)(?:├|└)── (\S*)/gm)].map(([, indent = "", part = ""]) => {
    above.splice(indent.length / 4);
    above.push(part);
    return above.join("").replaceAll(/:(\w+)/g, "{$1}");
  });
}

/** What the owner has for themselves alone, wherever it stands. */
async function privateRows(): Promise<string[]> {
  const { principal, things } = world.owner;
  const rows = await rowsOf(principal.tenantId);
  const lines = PRIVATE_TABLES.flatMap((table) => rows[table] ?? []);
  return lines.filter((line) =>
    [principal.userId, things.job, things.connection].some((id) => line.includes(id)),
  );
}

/** Runs the cases of an operation; before each, the owner has an image and a collection that may go. */
async function forEachCase(
  id: OperationId,
  run: (matrixCase: MatrixCase, of: Things) => Promise<void>,
): Promise<void> {
  for (const matrixCase of ROUTE_MATRIX[id]) await run(matrixCase, await world.freshThings());
}

describe("the table of routes", () => {
  it("has a row for every operation of the running server", () => {
    const missing = operations.filter(({ operationId }) => !Object.hasOwn(ROUTE_MATRIX, operationId));
    expect(
      missing.map(({ method, path, operationId }) => `${method} ${path} (${operationId}): ${WHERE_TO_ADD}`),
    ).toEqual([]);
  });

  it("knows every route that the server answers; what is not an operation is a page or its documentation", () => {
    const known = new Set(operations.map(({ path }) => path));
    const served = servedPaths();
    for (const path of known) expect(served).toContain(path);
    const others = served.filter((path) => !known.has(path));
    expect(
      others.filter((path) => !/^(\*$|\/(docs|openapi\.json|[a-z-]+\.(html|js|css|svg)$|$))/.test(path)),
    ).toEqual([]);
  });

  it("fills every id of ours in a path, a query or a body with somebody else's", () => {
    const owned = new Set<unknown>(Object.values(NOWHERE));
    const isOwned = (value: unknown) =>
      owned.has(value) || (Array.isArray(value) && value.some((id) => owned.has(id)));
    const own = Object.fromEntries(Object.keys(NOWHERE).map((kind) => [kind, "own"])) as unknown as Things;
    for (const { operationId, parameters, body } of operations) {
      const cases = ROUTE_MATRIX[operationId as OperationId];
      const filled = cases.flatMap((row) => [
        row.path?.(NOWHERE),
        row.query?.(NOWHERE),
        row.body?.(NOWHERE, own),
      ]);
      const names = [...parameters.map(({ name }) => name), ...Object.keys(body?.properties ?? {})];
      const ids = names.filter((name) => /(^|_)ids?$|^state$/.test(name) && !FOREIGN_IDS.has(name));
      for (const name of ids) {
        const isFilled = filled.some((values) =>
          isOwned((values as Record<string, unknown> | undefined)?.[name]),
        );
        expect(
          isFilled,
          `${operationId}: ${name} is not filled with somebody else's id; ${WHERE_TO_ADD}`,
        ).toBe(true);
      }
    }
  });
});

describe("the admin of another workspace", () => {
  it.each(OPERATION_IDS)("%s: learns and changes nothing", async (id) => {
    const operation = operationOf(id);
    await forEachCase(id, async (matrixCase, of) => {
      const before = await rowsOf(world.owner.principal.tenantId);
      const own = await rowsOf(world.stranger.principal.tenantId);
      const reply = await ask(world.stranger, operation, matrixCase, of);
      expectVerdict(reply, matrixCase.stranger, id);
      const sent = Object.values(of);
      for (const mark of [...world.owner.marks, ...sent]) {
        if (!sent.includes(mark)) expect(reply.text).not.toContain(mark);
      }
      expect(await rowsOf(world.owner.principal.tenantId)).toEqual(before);
      if (reply.status < 400) {
        for (const mark of sent) expect(reply.text).not.toContain(mark);
        return;
      }
      const after = await rowsOf(world.stranger.principal.tenantId);
      expect({ ...after, audit_events: [] }).toEqual({ ...own, audit_events: [] });
      if (matrixCase.mayTell !== undefined) return;
      const nowhere = await ask(world.stranger, operation, matrixCase, NOWHERE);
      expect(comparable(reply, of)).toEqual(comparable(nowhere, NOWHERE));
    });
  });
});

describe.each(["colleague", "admin"] as const)("a member of the same workspace, the %s", (role) => {
  const inOrder = OPERATION_IDS.toSorted((left, right) => lastness(left) - lastness(right));

  it.each(inOrder)("%s: uses nothing of the owner's", async (id) => {
    const operation = operationOf(id);
    await forEachCase(id, async (matrixCase, of) => {
      const before = await rowsOf(world.owner.principal.tenantId);
      const ownersBefore = await privateRows();
      expect(ownersBefore.length).toBeGreaterThan(4);
      const reply = await ask(world[role], operation, matrixCase, of);
      const verdict = (role === "admin" ? matrixCase.admin : undefined) ?? matrixCase.colleague;
      expectVerdict(reply, verdict, id);
      const sent = JSON.stringify(requestOf(operation, matrixCase, of, world[role].things));
      const seen = role === "admin" ? matrixCase.adminSees : undefined;
      for (const kind of ["connection", "job", "session", "state"] as const) {
        if (seen?.includes(kind) !== true && !sent.includes(of[kind]))
          expect(reply.text).not.toContain(of[kind]);
      }
      if (matrixCase.last !== true || role !== "admin") expect(await privateRows()).toEqual(ownersBefore);
      if (reply.status < 400) return;
      const after = await rowsOf(world.owner.principal.tenantId);
      expect({ ...after, audit_events: [] }).toEqual({ ...before, audit_events: [] });
    });
  });
});

function lastness(id: OperationId): number {
  return ROUTE_MATRIX[id].some(({ last }) => last === true) ? 1 : 0;
}

describe("without credentials", () => {
  it.each(OPERATION_IDS.filter((id) => ROUTE_ACCESS[id] !== "public"))(
    "%s: is 401 before a byte of the body has come",
    async (id) => {
      const { method, path } = operationOf(id);
      const reply = await askWithoutBody(method, path.replaceAll(/\{\w+\}/g, "x"));
      expect(reply).toEqual([401, "unauthenticated"]);
    },
  );
});

/** Announces a body and never sends it. */
async function askWithoutBody(method: string, path: string): Promise<[number, string]> {
  const headers = { "content-type": "application/json", "content-length": "1000" };
  const request = httpRequest(`${world.app.url}${path}`, { method, headers });
  request.flushHeaders();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const { error } = JSON.parse(await text(response)) as ErrorReply;
  request.destroy();
  return [response.statusCode ?? 0, error.code];
}

/** What each scope lets through, beside itself. */
const SCOPES: Readonly<Record<Scope, readonly Scope[]>> = {
  "cloud_storage:read": [],
  "cloud_storage:write": [],
  "cloud_storage:connect": [],
  "cloud_storage:delete": [],
  read: ["cloud_storage:read"],
  write: [
    "read",
    "cloud_storage:read",
    "cloud_storage:write",
    "cloud_storage:connect",
    "cloud_storage:delete",
  ],
  admin: [
    "write",
    "read",
    "cloud_storage:read",
    "cloud_storage:write",
    "cloud_storage:connect",
    "cloud_storage:delete",
  ],
};

describe("a key with one scope", () => {
  it.each(Object.keys(SCOPES) as Scope[])(
    "%s: passes where the table says so, and nowhere else",
    async (scope) => {
      const apiKey = await world.makeKey(scope);
      const held: readonly string[] = [scope, ...SCOPES[scope], "public", "any-principal"];
      for (const id of OPERATION_IDS) {
        const operation = operationOf(id);
        const [matrixCase = { stranger: 200, colleague: 200 }] = ROUTE_MATRIX[id];
        const { path, ...options } = requestOf(operation, matrixCase, NOWHERE, NOWHERE);
        const { body } = await world.app.request(operation.method, path, { apiKey, ...options });
        const refused = body?.error?.code === "insufficient_scope" ? body.error.details.scope : null;
        expect([id, refused]).toEqual([id, held.includes(ROUTE_ACCESS[id]) ? null : ROUTE_ACCESS[id]]);
      }
    },
  );
});
