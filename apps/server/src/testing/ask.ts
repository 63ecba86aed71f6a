export interface AskOptions {
  /** Sent as JSON; a string is sent as it is, so that a test can send what is none. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The key to ask with; null or left out to ask without one. */
  readonly apiKey?: string | null;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed JSON, or the text when it is none. Tests compare it, so its shape is theirs to name. */
  // biome-ignore lint/suspicious/noExplicitAny: replies are compared by tests, field by field
  readonly body: any;
}

/** Asks a server over HTTP as a client would, and reads the whole reply. Redirects are replies, not followed. */
export async function ask(
  params: { readonly url: string; readonly method: string; readonly path: string } & AskOptions,
): Promise<Reply> {
  const headers = new Headers(params.headers);
  if (typeof params.apiKey === "string") headers.set("authorization", `Bearer ${params.apiKey}`);
  const hasBody = params.body !== undefined;
  if (hasBody && !headers.has("content-type")) headers.set("content-type", "application/json");
  const body = typeof params.body === "string" ? params.body : JSON.stringify(params.body);
  const response = await fetch(`${params.url}${params.path}`, {
    method: params.method,
    headers,
    redirect: "manual",
    ...(hasBody ? { body } : {}),
  });
  const text = await response.text();
  // An answer to HEAD has the type of what it leaves out.
  const isJson = text !== "" && (response.headers.get("content-type")?.includes("json") ?? false);
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : text };
}
