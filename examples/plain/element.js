/**
 * Makes an element. Children are elements or texts; a text is never read as HTML, so names from a Drive are safe here.
 * @param {string} tag
 * @param {Record<string, unknown>} [properties] DOM properties, not attributes: `className`, `onclick`, `disabled`
 */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** The element of the page with this id. */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no element #${id}`);
  return found;
}

/** Says something to those who listen to the page instead of looking at it. */
export function announce(text) {
  byId("announcement").textContent = text;
}

/** A size for people: "2.4 MB". */
export function sizeText(sizeBytes) {
  if (sizeBytes < 1e3) return countText(sizeBytes, "byte");
  if (sizeBytes < 1e6) return `${Math.round(sizeBytes / 1e3)} kB`;
  return sizeBytes < 1e9 ? `${(sizeBytes / 1e6).toFixed(1)} MB` : `${(sizeBytes / 1e9).toFixed(1)} GB`;
}

/** "1 picture", "3 pictures". */
export function countText(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
