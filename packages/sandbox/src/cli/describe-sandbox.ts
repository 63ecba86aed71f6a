import type { Sandbox } from "../create-sandbox.ts";
import type { CliOptions } from "./cli-options.ts";

/** What a program needs to know of a sandbox that is ready: the one line of `--json`. */
export function describeSandbox(sandbox: Sandbox, { control }: CliOptions) {
  const { origin, issuer, apiRoot, clientId, clientSecret, accounts, drive, generatedFolderId, tls } =
    sandbox;
  const roots = accounts.map(({ sub, email }) => [email, drive.rootId(sub)] as const);
  return {
    origin,
    issuer,
    apiRoot,
    clientId,
    clientSecret,
    accounts: accounts.map(({ email }) => email),
    rootFolderIds: Object.fromEntries(roots),
    generatedFolderId,
    tls,
    controlApi: control ? controlAddress(origin) : null,
  };
}

/** The same in words for a person. */
export function summarizeSandbox(sandbox: Sandbox, { data, control }: CliOptions): string {
  const { origin, clientId, clientSecret, tls } = sandbox;
  const memory = data === undefined ? "forgets everything when it stops" : `keeps everything in ${data}`;
  const lines = [
    ["address", origin],
    ["client id", clientId],
    ["client secret", clientSecret],
    ["accounts", accountsOf(sandbox)],
    ...(control ? [["control API", controlAddress(origin)]] : []),
    ...(tls === null
      ? []
      : [
          ["with TLS", tls.origin],
          ["authority", `${tls.caFile} (for single clients to trust, never for a whole system)`],
          ["hosts line", tls.hostsLine],
        ]),
  ];
  const rows = lines.map(([name = "", value = ""]) => `  ${name.padEnd(13)}  ${value}`);
  return [`Sandbox ready. It is not Google, and it ${memory}.`, ...rows].join("\n");
}

function accountsOf({ accounts, drive }: Sandbox): string {
  return accounts.map(({ sub, email }) => `${email} (${drive.listAll(sub).length} items)`).join(", ");
}

function controlAddress(origin: string): string {
  return `${origin}/sandbox/api`;
}
