import { ConsentAnswerError } from "./consent-answer-error.ts";
import { attributeOf, tagsOf } from "./page-tags.ts";

/**
 * The form of the consent page, filled in but for the button.
 *
 * @throws ConsentAnswerError when a scope to untick is not asked for; Error when the page has no such form
 */
export function readConsentForm(html: string, untick: readonly string[]): URLSearchParams {
  const inputs = tagsOf(html, "input");
  const fixed = tagsOf(html, "li").map((tag) => attributeOf(tag, "data-scope"));
  const boxes = inputs.filter((tag) => attributeOf(tag, "type") !== "hidden");
  const asked = [...fixed, ...boxes.map((tag) => attributeOf(tag, "value"))];
  const unknown = untick.find((name) => !asked.some((scope) => isNamed(scope, name)));
  const form = new URLSearchParams();
  for (const tag of inputs) {
    const value = attributeOf(tag, "value");
    const unticked = boxes.includes(tag) && untick.some((name) => isNamed(value, name));
    if (!unticked) form.append(attributeOf(tag, "name"), value);
  }
  if (!form.has("request")) throw new Error("The sandbox showed no consent page");
  if (unknown !== undefined) {
    throw new ConsentAnswerError("untick", `the app does not ask for the scope ${unknown}`);
  }
  return form;
}

/**
 * The form of the picker, with the button pressed.
 *
 * @throws ConsentAnswerError when a file is not offered
 */
export function readPickerForm(html: string, pick: readonly string[]): URLSearchParams {
  const form = new URLSearchParams([["decision", "pick"]]);
  const offered = new Set<string>();
  for (const tag of tagsOf(html, "input")) {
    if (attributeOf(tag, "type") === "hidden")
      form.append(attributeOf(tag, "name"), attributeOf(tag, "value"));
    else offered.add(attributeOf(tag, "value"));
  }
  for (const fileId of pick) {
    if (!offered.has(fileId)) {
      throw new ConsentAnswerError("pick", `the picker of the sandbox does not offer the file ${fileId}`);
    }
    form.append("picked", fileId);
  }
  return form;
}

function isNamed(scope: string, name: string): boolean {
  return scope === name || scope.endsWith(`/auth/${name}`);
}
