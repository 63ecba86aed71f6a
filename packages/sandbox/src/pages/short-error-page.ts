import { STATUS_CODES } from "node:http";

/** The page for requests that come to no route, or cannot be read at all: it needs nothing else to be loaded. */
export function shortErrorPage(status: number): string {
  const heading = `Error ${status} (${STATUS_CODES[status]})`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${heading} – Sandbox</title>
<p>Sandbox &mdash; not Google</p>
<h1>${heading}</h1>
</html>
`;
}
