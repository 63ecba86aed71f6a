import { type Logger, pino, stdSerializers } from "pino";

export type Log = Logger;

/** Names of fields whose values never reach a log, wherever they stand in the first levels of a record. */
const SECRET_FIELDS = [
  "authorization",
  "cookie",
  "set-cookie",
  "access_token",
  "refresh_token",
  "id_token",
  "client_secret",
  "code",
  "code_verifier",
  "state",
  "session_id",
  "password",
  "accessToken",
  "refreshToken",
  "sessionId",
  "verifier",
];

/** Errors of queries leave their values behind: session tokens and people's names stand among them. */
function withoutValues(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { message, stack, cause } = error;
  const isQuery = "query" in error && "params" in error;
  const knownCause = withoutValues(cause);
  if (!isQuery && knownCause === cause) return error;
  const [told = message] = isQuery ? message.split("\nparams: ") : [message];
  const copy: Error = Object.assign(Object.create(Object.getPrototypeOf(error)), error, {
    message: told,
    stack: stack?.replace(message, () => told),
    cause: knownCause,
  });
  if ("params" in copy) delete copy.params;
  return copy;
}

/**
 * The process's log: JSON lines on standard error, or text for people when that is a terminal.
 * @param level pino's level; "silent" for tests
 */
export function createLog(params: { level: string; pretty: boolean }): Log {
  const redact = {
    paths: SECRET_FIELDS.flatMap((field) => [`["${field}"]`, `*["${field}"]`, `*.*["${field}"]`]),
    censor: "[hidden]",
  };
  const serializers = { err: (error: unknown) => stdSerializers.err(withoutValues(error) as Error) };
  if (params.pretty) {
    const transport = {
      target: "pino-pretty",
      options: { destination: 2, ignore: "pid,hostname", translateTime: "HH:MM:ss" },
    };
    return pino({ level: params.level, redact, serializers, transport });
  }
  return pino({ level: params.level, redact, serializers }, pino.destination({ fd: 2, sync: false }));
}
