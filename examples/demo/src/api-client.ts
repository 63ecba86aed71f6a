import { ErrorReply } from "@driveway/contract";

/** What checks a reply: a schema of the contract. */
interface Schema<Reply> {
  parse(value: unknown): Reply;
}

interface ApiCall<Reply> {
  readonly method: "GET" | "POST" | "DELETE";
  /** From the slash on, with its query. */
  readonly path: string;
  readonly reply: Schema<Reply>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

export interface ApiClient {
  /** Calls one operation and checks the reply against the contract. @throws Error with the server's sentence */
  call<Reply>(call: ApiCall<Reply>): Promise<Reply>;
  /** The bytes behind a path. @throws Error with the server's sentence */
  download(path: string): Promise<Uint8Array>;
}

/** A client of Driveway's API that speaks with an API key, as the server of an application does. */
export function createApiClient(params: { url: string; apiKey: string; signal: AbortSignal }): ApiClient {
  async function send(method: string, path: string, body?: unknown): Promise<Response> {
    const headers: Record<string, string> = { authorization: `Bearer ${params.apiKey}` };
    const options: RequestInit = { method, headers, signal: params.signal };
    if (body !== undefined) {
      headers["content-type"] = "application/json";
      options.body = JSON.stringify(body);
    }
    const response = await fetch(`${params.url}${path}`, options);
    if (!response.ok) throw new Error(await complaintOf(response, `${method} ${path.split("?")[0]}`));
    return response;
  }

  return {
    async call({ method, path, reply, body }) {
      const response = await send(method, path, body);
      return reply.parse(await response.json());
    },
    async download(path) {
      const response = await send("GET", path);
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}

async function complaintOf(response: Response, what: string): Promise<string> {
  const body: unknown = await response.json().catch(() => null);
  const parsed = ErrorReply.safeParse(body);
  if (!parsed.success) return `${what} answered with status ${response.status}`;
  const { error, request_id: requestId } = parsed.data;
  return `${what} answered ${response.status} ${error.code}: ${error.message} (request ${requestId})`;
}
