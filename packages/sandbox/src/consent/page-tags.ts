/** The tags of one kind on a page of the sandbox, each as it is written. */
export function tagsOf(html: string, name: string): string[] {
  return [...html.matchAll(new RegExp(`<${name}\\b[^>]*>`, "g"))].map(([tag]) => tag);
}

/** The address that a link leads to, by its test id; null when there is no such link. */
export function findLink(html: string, testId: string): string | null {
  const link = tagsOf(html, "a").find((tag) => attributeOf(tag, "data-testid") === testId);
  return link === undefined ? null : attributeOf(link, "href");
}

/** The value of an attribute; an empty text when the tag has none of this name. */
export function attributeOf(tag: string, name: string): string {
  return unescapeHtml(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? "");
}

/** The first value that an attribute has in the tags of one kind; null when none of them has it. */
export function findAttribute(html: string, tagName: string, name: string): string | null {
  const tag = tagsOf(html, tagName).find((each) => each.includes(` ${name}="`));
  return tag === undefined ? null : attributeOf(tag, name);
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
