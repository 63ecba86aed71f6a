import { layout } from "./layout.ts";

/** Where a person ends who is never sent back to the app. */
export function strandedPage(): string {
  const content = `<h1>You stay here</h1>
<p class="soft" data-testid="stranded">This sandbox is set up so that nobody comes back from the consent page, as when somebody closes the window
or an organisation stops the sign-in. The app hears nothing.</p>`;
  return layout({ title: "You stay here", content });
}
