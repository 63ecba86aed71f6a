import type { Principal } from "../identity/index.ts";

/**
 * Who may end an attempt. One that a page began (with an `Origin`): the browser that began it, told by its cookie; or the
 * page, told by the secret that only the reply to it carried, where a browser sends no cookie along because the page is
 * of another site. One that a server began, and those of pages too: the principal that began it.
 */
export type Finisher =
  | { readonly kind: "browser"; readonly browserId: string | null }
  | { readonly kind: "opener"; readonly secret: string }
  | { readonly kind: "principal"; readonly principal: Principal; readonly redirectUri: string | null };
