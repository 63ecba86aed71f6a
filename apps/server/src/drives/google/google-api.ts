import type { Readable } from "node:stream";
import { Agent, type Dispatcher } from "undici";
import { type Clock, isLoopback } from "../../platform/index.ts";
import { DriveError } from "../drive.ts";
import { networkError } from "./network-error.ts";
import { readBody } from "./read-body.ts";
import { readGoogleError } from "./read-google-error.ts";

const CONNECTIONS = 128;
const ERROR_BODY_BYTES = 256 * 1024;
const JSON_BODY_BYTES = 32 * 1024 * 1024;

interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH";
  /** Below the API's root, with its query; or a whole address that was checked before. */
  readonly url: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | Readable;
  /** False keeps the token at home: for addresses outside the API. */
  readonly authorize?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Most bytes that {@link GoogleApi.json} reads; 32 MiB when left out. */
  readonly maxBytes?: number;
}

export interface ApiAnswer {
  readonly status: number;
  /** A header's value, or null. Names in lower case. */
  readonly header: (name: string) => string | null;
  /** Whoever has the answer reads it to its end or destroys it. */
  readonly body: Readable;
}

/** Plain calls to Google's API for one account: a token, an address, an answer. Redirects are not followed. */
export interface GoogleApi {
  readonly root: URL;
  /** Any answer at all. @throws {DriveError} `try_later` when there is none */
  send(request: ApiRequest): Promise<ApiAnswer>;
  /** The JSON of a success. @throws {DriveError} whatever the refusal means */
  json(request: ApiRequest): Promise<unknown>;
  /** Turns an answer that is not a success into what it means. */
  refusalOf(answer: ApiAnswer): Promise<DriveError>;
}

/** The connections to Google, shared by all accounts. HTTP/1.1 only: Drive is known to stall on HTTP/2. */
export function createGoogleAgent(params: { idleTimeoutMs: number }): Agent {
  return new Agent({
    connections: CONNECTIONS,
    allowH2: false,
    headersTimeout: params.idleTimeoutMs,
    bodyTimeout: params.idleTimeoutMs,
    connectTimeout: 10_000,
    keepAliveTimeout: 30_000,
  });
}

/**
 * @param apiRoot where `/drive/v3` and `/upload/drive/v3` stand; https, or plain http on a loopback address
 * @param accessToken asked anew for every call
 * @throws {RangeError} when the root is plain http elsewhere
 */
export function createGoogleApi(params: {
  agent: Dispatcher;
  apiRoot: string;
  clock: Clock;
  accessToken: () => Promise<string>;
}): GoogleApi {
  const root = new URL(params.apiRoot);
  if (root.protocol !== "https:" && !isLoopback(root)) throw new RangeError("The API's root must be https");
  const base = root.href.replace(/\/+$/, "");

  async function send(request: ApiRequest): Promise<ApiAnswer> {
    const { signal } = request;
    signal?.throwIfAborted();
    const url = typeof request.url === "string" ? new URL(base + request.url) : request.url;
    const token = request.authorize === false ? null : await params.accessToken();
    try {
      const answer = await params.agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: {
          "user-agent": "driveway",
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...request.headers,
        },
        body: request.body ?? null,
        signal: signal ?? null,
      });
      return toAnswer(answer);
    } catch (cause) {
      throw networkError(cause, signal);
    }
  }

  async function refusalOf(answer: ApiAnswer): Promise<DriveError> {
    const body = await readBody(answer.body, ERROR_BODY_BYTES).then(
      (bytes) => bytes.toString("utf8"),
      () => null,
    );
    const retryAfter = answer.header("retry-after");
    return readGoogleError({ status: answer.status, body, retryAfter, nowMs: params.clock.now() });
  }

  async function json(request: ApiRequest): Promise<unknown> {
    const answer = await send(request);
    if (answer.status !== 200) throw await refusalOf(answer);
    const text = await readBody(answer.body, request.maxBytes ?? JSON_BODY_BYTES).catch((cause: unknown) => {
      throw networkError(cause, request.signal);
    });
    return parseAnswer(text.toString("utf8"));
  }

  return { root, send, json, refusalOf };
}

function toAnswer(answer: Dispatcher.ResponseData): ApiAnswer {
  return {
    status: answer.statusCode,
    header(name) {
      const value = answer.headers[name];
      return (Array.isArray(value) ? value[0] : value) ?? null;
    },
    body: answer.body,
  };
}

/** @throws {DriveError} `try_later` when a success is not JSON, as a sign-in page in its place is not */
export function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DriveError("try_later", "Google's answer was not intelligible.", { reason: "not_json", cause });
  }
}
