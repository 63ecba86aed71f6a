import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { ERROR_CODES, ErrorReply } from "@driveway/contract";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contentTypes, type GarbageRequest, garbageRequests } from "../testing/garbage.ts";
import { type Operation, readOperations } from "../testing/read-operations.ts";
import { NOWHERE, startTwoWorkspaces, type TwoWorkspaces } from "../testing/start-two-workspaces.ts";

/** `GARBAGE_SEED` and `GARBAGE_RUNS` repeat a run, or look further. */
const SEED = Number(process.env.GARBAGE_SEED ?? 20_261_125);
const RUNS = Number(process.env.GARBAGE_RUNS ?? 1_500);
const TIMEOUT_MS = 120_000;

let world: TwoWorkspaces;
let operations: readonly Operation[];

beforeAll(async () => {
  world = await startTwoWorkspaces();
  operations = await readOperations(world.app);
});
afterAll(() => world.stop());

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

async function send(sent: GarbageRequest, apiKey: string | null, contentType: string): Promise<Answer> {
  const { method, path, body } = sent;
  const headers: Record<string, string> = { ...sent.headers };
  if (apiKey !== null) headers.authorization = `Bearer ${apiKey}`;
  if (body !== null)
    Object.assign(headers, { "content-type": contentType, "content-length": String(body.length) });
  const request = httpRequest(world.app.url, { method, path, headers, agent: false });
  const answered = once(request, "response") as Promise<[IncomingMessage]>;
  request.end(body ?? undefined);
  const [response] = await answered;
  return { status: response.statusCode ?? 0, headers: response.headers, text: await text(response) };
}

/** What every answer owes, whatever was asked. */
function expectOrderly(sent: GarbageRequest, answer: Answer): void {
  expect(answer.status, answer.text).toBeLessThan(500);
  if (answer.status < 400) return;
  // The page that the provider sends people back to answers them in words.
  const isPage = answer.headers["content-type"]?.startsWith("text/html") === true;
  if (sent.operationId === "authCallback" && isPage) return;
  const { error, request_id } = ErrorReply.parse(JSON.parse(answer.text));
  expect(ERROR_CODES[error.code].status).toBe(answer.status);
  expect(request_id).toBe(answer.headers["x-request-id"]);
  expect(error.message.length).toBeGreaterThan(5);
  if (answer.status !== 422) return;
  const { issues } = error.details as { issues: { field: string; message: string }[] };
  expect(issues.length).toBeGreaterThan(0);
  for (const { field, message } of issues)
    expect([typeof field, typeof message]).toEqual(["string", "string"]);
}

describe("garbage", () => {
  it.each(["admin", "colleague", null] as const)(
    "of every kind, sent by %s to every operation, is answered with less than 500 and in the envelope",
    async (who) => {
      console.info(`garbage: seed ${SEED}, ${RUNS} requests (GARBAGE_SEED, GARBAGE_RUNS)`);
      const person = who === null ? null : world[who];
      const ids = { nowhere: NOWHERE, own: (person ?? world.stranger).things };
      const asked = new Set<string>();
      const refused = new Set<number>();
      await fc.assert(
        fc.asyncProperty(garbageRequests(operations, ids), contentTypes, async (sent, contentType) => {
          const answer = await send(sent, person?.apiKey ?? null, contentType);
          asked.add(sent.operationId);
          refused.add(answer.status);
          expectOrderly(sent, answer);
        }),
        { seed: SEED, numRuns: RUNS, endOnFailure: process.env.CI === undefined },
      );
      expect(asked.size).toBe(operations.length);
      const expected = who === null ? [401, 404] : [200, 400, 401, 404, 415, 422];
      for (const status of expected) expect([...refused]).toContain(status);
    },
    TIMEOUT_MS,
  );
});
