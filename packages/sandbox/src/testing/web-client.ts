import { createHash, randomBytes } from "node:crypto";
import { approveConsent, type ConsentAnswer } from "../consent/approve-consent.ts";
import type { Sandbox } from "../create-sandbox.ts";

/** A value in a flat JSON object. */
type FlatValue = string | number | boolean | readonly string[];

/** What an endpoint answered. */
interface JsonAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, FlatValue>>;
}

/** What a client has to know of a sandbox. */
type SandboxAddress = Pick<Sandbox, "origin" | "clientId" | "clientSecret">;

const REDIRECT_URI = "http://127.0.0.1:4999/callback";
const FULL_SCOPES = "openid email profile https://www.googleapis.com/auth/drive.file";

/** A web application that uses the sandbox as Google's guide for web servers says. */
export class WebClient {
  readonly redirectUri = REDIRECT_URI;
  readonly codeVerifier = randomBytes(40).toString("base64url");
  readonly #sandbox: SandboxAddress;

  constructor(sandbox: SandboxAddress) {
    this.#sandbox = sandbox;
  }

  /** The address to send the browser to. A null takes a usual parameter away. */
  authorizationUrl(changes: Readonly<Record<string, string | null>> = {}): URL {
    const url = new URL("/o/oauth2/v2/auth", this.#sandbox.origin);
    const usual = {
      client_id: this.#sandbox.clientId,
      redirect_uri: this.redirectUri,
      response_type: "code",
      scope: FULL_SCOPES,
      state: "state/+ &=1",
      access_type: "offline",
      prompt: "consent",
      code_challenge: createHash("sha256").update(this.codeVerifier).digest("base64url"),
      code_challenge_method: "S256",
    };
    for (const [name, value] of Object.entries({ ...usual, ...changes })) {
      if (value !== null) {
        url.searchParams.set(name, value);
      }
    }
    return url;
  }

  /** Lets a person answer the consent page and gives the address that the browser comes back to. */
  async consent(
    changes: Readonly<Record<string, string | null>> = {},
    answer: Omit<ConsentAnswer, "authorizationUrl"> = {},
  ): Promise<URL> {
    return await approveConsent({ authorizationUrl: this.authorizationUrl(changes), ...answer });
  }

  /** A code for the usual request, or one with changes. */
  async code(changes: Readonly<Record<string, string | null>> = {}): Promise<string> {
    return (await this.consent(changes)).searchParams.get("code") ?? "";
  }

  /** Exchanges a code. A null takes a usual parameter away. */
  async exchange(code: string, changes: Readonly<Record<string, string | null>> = {}): Promise<JsonAnswer> {
    return await this.post("/token", {
      grant_type: "authorization_code",
      code,
      redirect_uri: this.redirectUri,
      client_id: this.#sandbox.clientId,
      client_secret: this.#sandbox.clientSecret,
      code_verifier: this.codeVerifier,
      ...changes,
    });
  }

  /** Consents and exchanges in one go. */
  async connect(changes: Readonly<Record<string, string | null>> = {}): Promise<JsonAnswer> {
    return await this.exchange(await this.code(changes));
  }

  /** Uses a refresh token. */
  async refresh(refreshToken: FlatValue | undefined): Promise<JsonAnswer> {
    return await this.post("/token", {
      grant_type: "refresh_token",
      refresh_token: String(refreshToken),
      client_id: this.#sandbox.clientId,
      client_secret: this.#sandbox.clientSecret,
    });
  }

  /** Sends a form and reads the JSON answer. */
  async post(
    path: string,
    form: Readonly<Record<string, string | null>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<JsonAnswer> {
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(form)) {
      if (value !== null) {
        body.set(name, value);
      }
    }
    const response = await fetch(new URL(path, this.#sandbox.origin), { method: "POST", body, headers });
    return { status: response.status, body: (await response.json()) as Record<string, FlatValue> };
  }

  /** Reads JSON, with a bearer token where one is given. */
  async get(path: string, accessToken?: FlatValue): Promise<JsonAnswer> {
    const headers: Record<string, string> =
      accessToken === undefined ? {} : { authorization: `Bearer ${String(accessToken)}` };
    const response = await fetch(new URL(path, this.#sandbox.origin), { headers });
    return { status: response.status, body: (await response.json()) as Record<string, FlatValue> };
  }
}
