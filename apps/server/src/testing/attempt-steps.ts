import { approveConsent, type ConsentAnswer } from "@driveway/sandbox";
import type { Reply } from "./ask.ts";
import type { Person } from "./make-person.ts";
import { APP_ORIGIN } from "./serve-routes.ts";
import type { Ask, ConnectionsWorld } from "./start-connections-world.ts";

/** Where attempts begin; what they come back to is below it. */
export const AUTH_PATH = "/api/v2/cloud-storage/auth/google_drive";

/** An attempt as whoever began it knows it. */
export interface Begun {
  readonly url: string;
  readonly state: string;
  readonly secret: string | null;
  /** Empty when the browser sends none. */
  readonly cookie: string;
}

/** The steps of an attempt, as the people and programs in it take them. */
export interface AttemptSteps {
  /** Begins as a server does, unless an Origin is named. */
  begin(as: Person, options?: Ask): Promise<Begun>;
  /** Begins as a page does; `body` is added to the request's. */
  beginInBrowser(as: Person, body?: Readonly<Record<string, unknown>>): Promise<Begun>;
  consent(begun: Begun, answer?: Partial<ConsentAnswer>): Promise<URL>;
  /** Comes back from the provider to the callback page. */
  comeBack(back: URL, cookie: string): Promise<Reply>;
  /** What the callback page does with the secret that its opener gave it. */
  sendSecret(back: URL, secret: unknown, options?: Ask): Promise<Reply>;
  /** Hands code and state over as an application does. */
  complete(begun: Begun, back: URL, options: { as: Person; redirect_uri?: string }): Promise<Reply>;
  attempt(state: string, as: Person): Promise<Reply>;
}

/** The steps of attempts in a world. @param publicOrigin what the server takes for its own */
export function attemptSteps(world: ConnectionsWorld, publicOrigin: string): AttemptSteps {
  async function begin(as: Person, options: Ask = {}): Promise<Begun> {
    const reply = await world.ask("POST", AUTH_PATH, { as, body: { provider: "google_drive" }, ...options });
    if (reply.status !== 200) throw new Error(`nothing was begun: ${reply.text}`);
    const cookie = reply.headers.get("set-cookie")?.split(";")[0] ?? "";
    const { authorization_url: url, state, attempt_secret: secret } = reply.body;
    return { url, state, secret, cookie };
  }
  return {
    begin,
    beginInBrowser: (as, body = {}) =>
      begin(as, { headers: { origin: APP_ORIGIN }, body: { provider: "google_drive", ...body } }),
    consent: (begun, answer = {}) => approveConsent({ authorizationUrl: begun.url, ...answer }),
    comeBack: (back, cookie) =>
      world.ask("GET", `${back.pathname}${back.search}`, { headers: cookie === "" ? {} : { cookie } }),
    sendSecret(back, secret, options = {}) {
      const known = ["state", "code", "error", "error_description", "iss"];
      const answer = Object.fromEntries([...back.searchParams].filter(([name]) => known.includes(name)));
      return world.ask("POST", `${AUTH_PATH}/callback/popup`, {
        headers: { origin: publicOrigin },
        body: { ...answer, attempt_secret: secret },
        ...options,
      });
    },
    complete(begun, back, { as, ...more }) {
      const body = { code: back.searchParams.get("code"), state: begun.state, ...more };
      return world.ask("POST", `${AUTH_PATH}/callback`, { as, body });
    },
    attempt: (state, as) => world.ask("GET", `${AUTH_PATH}/attempts/${state}`, { as }),
  };
}

/** What a callback page was given to post, or to ask with. */
export function resultOf(page: Pick<Reply, "text">) {
  const json = /<script type="application\/json" id="result">(.*?)<\/script>/s.exec(page.text)?.[1] ?? "null";
  return JSON.parse(json) as {
    message?: Record<string, unknown>;
    names?: readonly string[];
    address?: string;
    origin: string | null;
  };
}
