import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";
import { ROUTE_ACCESS } from "./route-access.ts";

const PAGE = new URL("../../../../docs/access.md", import.meta.url);

interface Operation {
  readonly operationId: string;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

let app: TestApp;
let operations: { readonly method: string; readonly path: string; readonly operation: Operation }[];

beforeAll(async () => {
  app = await startTestApp();
  const { body } = await app.request("GET", "/openapi.json", { apiKey: null });
  operations = Object.entries(body.paths as Record<string, Record<string, Operation>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        operation,
      })),
  );
});
afterAll(() => app.stop());

describe("the table of what each operation needs", () => {
  it("names the operations of the running server, and no others", () => {
    const served = operations.map(({ operation }) => operation.operationId).sort();
    expect(served).toEqual(Object.keys(ROUTE_ACCESS).sort());
  });

  it("stands in the OpenAPI document", () => {
    for (const { operation } of operations) {
      const access = ROUTE_ACCESS[operation.operationId as keyof typeof ROUTE_ACCESS];
      const scopes = operation.security?.map((scheme) => Object.values(scheme).flat());
      if (access === "public") expect([operation.operationId, scopes]).toEqual([operation.operationId, []]);
      else if (access === "any-principal") expect(operation.security).toBeUndefined();
      else expect(new Set(scopes?.flat())).toEqual(new Set([access]));
    }
  });

  it("stands on the page for people, line by line", async () => {
    const page = await readFile(PAGE, "utf8");
    const words = { public: "none", "any-principal": "any" } as const;
    const lines = operations.map(({ method, path, operation: { operationId } }) => {
      const access = ROUTE_ACCESS[operationId as keyof typeof ROUTE_ACCESS];
      const scope = access === "public" || access === "any-principal" ? words[access] : `\`${access}\``;
      return `| ${operationId} | ${method} \`${path}\` | ${scope} |`;
    });
    const written = page.split("\n").filter((line) => /^\| [a-zA-Z]+ \| [A-Z]+ `/.test(line));
    expect(written.sort()).toEqual(lines.sort());
  });
});
