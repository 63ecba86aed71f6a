import { escapeHtml } from "./escape-html.ts";

/**
 * A whole HTML document in the look of the sandbox. `content` is HTML already; `title` says what the page is, and gets the
 * name of the sandbox behind it.
 */
export function layout({ title, content }: { title: string; content: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)} – Sandbox</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/sandbox/pages.css">
</head>
<body>
<main>
<p class="mark">Sandbox &mdash; not Google</p>
${content}
</main>
</body>
</html>
`;
}
