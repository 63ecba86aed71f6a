/** A reply that is not a success: the sentence for the reader, its stable code, and the id that finds it in the log. */
export class ApiError extends Error {
  constructor({ code, message, requestId, requiresReauth }) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.requestId = requestId;
    this.requiresReauth = requiresReauth;
  }
}

/**
 * Calls the API of the origin that served this page; the session's cookie goes along.
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body] sent as JSON
 * @param {Record<string, string>} [headers]
 * @returns {Promise<any>} the reply's JSON
 * @throws {ApiError}
 */
export async function call(method, path, body, headers = {}) {
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  const type = body === undefined ? {} : { "content-type": "application/json" };
  const response = await send(path, { method, headers: { ...type, ...headers }, ...json });
  const text = await response.text();
  const reply = parse(text);
  if (response.ok) return reply;
  throw new ApiError({
    code: reply?.error?.code ?? `http_${response.status}`,
    message: reply?.error?.message ?? `The server answered with status ${response.status}.`,
    requestId: reply?.request_id ?? response.headers.get("x-request-id"),
    requiresReauth: reply?.requires_reauth === true,
  });
}

async function send(path, options) {
  try {
    return await fetch(path, options);
  } catch {
    const message = "The server cannot be reached. Is it running, and are you online?";
    throw new ApiError({ code: "unreachable", message, requestId: null, requiresReauth: false });
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
