import { type DestinationStream, type Logger, pino, stdSerializers } from "pino";

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

/**
 * Errors of queries leave their values behind: session tokens and people's names stand among them. So do those that other
 * errors carry, as their cause or in a field of their own.
 */
function withoutValues(error: unknown, above: readonly unknown[] = []): unknown {
  if (!isErrorLike(error) || above.includes(error)) return error;
  const { message, stack } = error;
  const isQuery = "query" in error && "params" in error;
  const names = [...new Set([...Object.keys(error), "cause"])];
  const carried = names.map(
    (name) => [name, withoutValues(Reflect.get(error, name), [...above, error])] as const,
  );
  const isClean = carried.every(([name, value]) => value === Reflect.get(error, name));
  if (!isQuery && isClean) return error;
  const [told = message] = isQuery ? message.split("\nparams: ") : [message];
  const copy: Error = Object.assign(
    Object.create(Object.getPrototypeOf(error)),
    Object.fromEntries(carried),
    {
      message: told,
      stack: stack?.replace(message, () => told),
    },
  );
  if ("params" in copy) delete copy.params;
  return copy;
}

/** What the serializer of errors takes for one. */
function isErrorLike(value: unknown): value is Error {
  return (
    typeof value === "object" && value !== null && "message" in value && typeof value.message === "string"
  );
}

/**
 * The process's log: JSON lines on standard error, or text for people when that is a terminal.
 * @param level pino's level; "silent" for tests
 * @param destination where lines go instead of standard error
 */
export function createLog(params: { level: string; pretty: boolean; destination?: DestinationStream }): Log {
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
  const { level, destination = pino.destination({ fd: 2, sync: false }) } = params;
  return pino({ level, redact, serializers }, destination);
}
