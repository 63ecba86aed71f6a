import { request } from "node:http";
import type { Sandbox } from "../../create-sandbox.ts";

/** JSON as the control API answers, as far as tests look at it. */
interface ControlJson {
  readonly [name: string]: unknown;
  readonly error?: { readonly code: string; readonly message: string; readonly field?: string };
}

/** A status, the headers and the JSON that came with them; null for an empty body. */
interface ControlAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ControlJson;
}

/** Calls the control API of a sandbox as a test suite in another language would. */
export async function callControl(
  { origin }: Pick<Sandbox, "origin">,
  call: string,
  body?: unknown,
): Promise<ControlAnswer> {
  const [method = "GET", path = ""] = call.split(" ");
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const headers: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
  const response = await fetch(`${origin}/sandbox/api${path}`, { method, headers, ...sent });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? null : JSON.parse(text) };
}

/** Sends a request with headers that `fetch` would not let through, and gives status and text. */
export async function callRaw(
  { origin }: Pick<Sandbox, "origin">,
  { method = "GET", path, headers = {}, body }: RawCall,
): Promise<{ readonly status: number; readonly text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const length: Record<string, string> =
    body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  const options = { method, headers: { ...length, ...headers }, agent: false };
  const sending = request(`${origin}${path}`, options, (response) => {
    let text = "";
    response.setEncoding("utf8").on("data", (piece) => (text += piece));
    response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    response.on("error", reject);
  });
  sending.on("error", reject).end(body);
  return await promise;
}

interface RawCall {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
