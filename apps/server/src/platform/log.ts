import { type Logger, pino } from "pino";

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
 * The process's log: JSON lines on standard error, or text for people when that is a terminal.
 * @param level pino's level; "silent" for tests
 */
export function createLog(params: { level: string; pretty: boolean }): Log {
  const redact = {
    paths: SECRET_FIELDS.flatMap((field) => [`["${field}"]`, `*["${field}"]`, `*.*["${field}"]`]),
    censor: "[hidden]",
  };
  if (params.pretty) {
    const transport = {
      target: "pino-pretty",
      options: { destination: 2, ignore: "pid,hostname", translateTime: "HH:MM:ss" },
    };
    return pino({ level: params.level, redact, transport });
  }
  return pino({ level: params.level, redact }, pino.destination({ fd: 2, sync: false }));
}
