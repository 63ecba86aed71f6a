/** Whether a caught value is an error that carries one of these codes: of the operating system (`ENOENT`) or an SQLSTATE. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return (
    error instanceof Error && "code" in error && typeof error.code === "string" && codes.includes(error.code)
  );
}
