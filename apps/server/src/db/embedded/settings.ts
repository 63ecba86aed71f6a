/** Settings of the server by their PostgreSQL names, for example `{ fsync: "off" }`. */
export type ServerSettings = Readonly<Record<string, string>>;

/**
 * What the server runs with unless told otherwise. Everything that a crash could cost is on by PostgreSQL's own defaults.
 * JIT costs more than it gives for short queries. The log names no values of rows or parameters: `terse` leaves out the
 * details of violated constraints, and statements that fail are not repeated.
 */
const DEFAULTS: ServerSettings = {
  max_connections: "200",
  shared_buffers: "128MB",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  log_checkpoints: "off",
  log_error_verbosity: "terse",
  log_min_error_statement: "panic",
};

/** Loopback only, and no socket file: its path may be too long, and its folder open to others. */
const FIXED: ServerSettings = { listen_addresses: "127.0.0.1", unix_socket_directories: "" };

/**
 * The server's command line, quoted for the shell through which `pg_ctl` passes it.
 * @param settings on top of the defaults; names that are no PostgreSQL names are refused
 */
export function serverOptions(port: number, settings: ServerSettings): string {
  const all = Object.entries({ ...DEFAULTS, ...settings, ...FIXED, port: String(port) });
  return all.map(([name, value]) => `-c ${quote(`${checkedName(name)}=${value}`)}`).join(" ");
}

function checkedName(name: string): string {
  if (/^[a-z_][a-z0-9_.]*$/.test(name)) return name;
  throw new TypeError(`"${name}" is not the name of a PostgreSQL setting`);
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
