import type { TestApp } from "./start-test-app.ts";

/** A JSON schema as the OpenAPI document has it. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly format?: string;
}

/** One route of the running server, as its OpenAPI document tells it. */
export interface Operation {
  readonly operationId: string;
  /** In capitals. */
  readonly method: string;
  /** With `{name}` for its parameters. */
  readonly path: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema?: JsonSchema;
  }[];
  /** Null when it takes no body. */
  readonly body: JsonSchema | null;
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly parameters?: Operation["parameters"];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
}

interface OpenapiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

/** Every operation that the running server serves. */
export async function readOperations(app: Pick<TestApp, "request">): Promise<Operation[]> {
  const { body } = await app.request("GET", "/openapi.json", { apiKey: null });
  const document = body as OpenapiDocument;
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      operationId: operation.operationId,
      method: method.toUpperCase(),
      path,
      parameters: operation.parameters ?? [],
      body: resolved(document, operation.requestBody?.content["application/json"]?.schema),
    })),
  );
}

function resolved(document: OpenapiDocument, schema: JsonSchema | undefined): JsonSchema | null {
  if (schema?.$ref === undefined) return schema ?? null;
  return document.components.schemas[schema.$ref.replace("#/components/schemas/", "")] ?? null;
}
