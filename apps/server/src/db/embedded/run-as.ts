import { spawn } from "node:child_process";

/**
 * As whom PostgreSQL's programs run; they refuse to run as root.
 * - `self`: as we are.
 * - `namespace`: in a user namespace of their own, in which our own user is called nobody (uid 65534). Files that we
 *   own, and folders that only we may enter, stay open to them.
 * - `user`: as another user of this machine; only root can do that.
 */
export type RunAs =
  | { readonly kind: "self" }
  | { readonly kind: "namespace" }
  | { readonly kind: "user"; readonly uid: number; readonly gid: number };

/** How a program ended; a program that could not be started at all has the exit code 127 and the reason as output. */
export interface ProgramResult {
  readonly exitCode: number;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

const NOBODY = 65534;

/**
 * Runs a program of PostgreSQL to its end. It starts in `/` (the current folder may be closed to the user it runs as) and
 * sees nothing of our environment except PATH, so that no `PG…` variable or locale of the caller changes what it does.
 */
export async function runProgram(params: {
  runAs: RunAs;
  program: string;
  args: readonly string[];
}): Promise<ProgramResult> {
  const { runAs } = params;
  const namespace = [
    "--user",
    `--map-user=${NOBODY}`,
    `--map-group=${NOBODY}`,
    "--",
    params.program,
    ...params.args,
  ];
  const [command, args] =
    runAs.kind === "namespace" ? ["unshare", namespace] : [params.program, [...params.args]];
  const identity = runAs.kind === "user" ? { uid: runAs.uid, gid: runAs.gid } : {};
  const env = { PATH: process.env.PATH ?? "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };
  return await new Promise((resolve) => {
    const child = spawn(command, args, { cwd: "/", env, stdio: ["ignore", "pipe", "pipe"], ...identity });
    let output = "";
    const collect = (piece: Buffer) => {
      output += piece.toString("utf8");
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.once("error", (error) => resolve({ exitCode: 127, output: error.message }));
    child.once("close", (code) => resolve({ exitCode: code ?? 128, output }));
  });
}

/** Whether a user may run the programs in `binDir` and enter (or, with `write`, also change) `directory`. */
export async function mayUse(params: {
  runAs: RunAs;
  binDir: string;
  directory: string;
  write: boolean;
}): Promise<boolean> {
  const test = `test -x "$1" && test -x "$2"${params.write ? ' && test -w "$2"' : ""}`;
  const args = ["-c", test, "sh", `${params.binDir}/postgres`, params.directory];
  return (await runProgram({ runAs: params.runAs, program: "/bin/sh", args })).exitCode === 0;
}
