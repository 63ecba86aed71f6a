import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { answerClientError } from "../answer-client-error.ts";
import { certificateHosts } from "./certificate-hosts.ts";
import { googleHosts } from "../hosts/google-hosts.ts";
import { listeningOrigin, reachableHost } from "../hosts/listening-origin.ts";
import { keepCertificates } from "./keep-certificates.ts";
import { isServedAt } from "./served-at.ts";
import type { TlsAddress } from "./tls-address.ts";
import type { TlsOptions } from "./tls-options.ts";

/** As long as Fastify holds an idle connection. */
const KEEP_ALIVE_MS = 72_000;

/** A second door to the same routes. */
export interface TlsListener {
  readonly address: TlsAddress;
  /** Stops listening and ends open connections. */
  close(): Promise<void>;
}

/**
 * Serves routes that are served without TLS already with TLS too, under Google's host names and the machine's own.
 *
 * @param routing answers a request
 * @param host the address to listen on
 * @throws the system's error when the port cannot be listened on; Error as keepCertificates
 */
export async function listenWithTls({
  routing,
  host,
  port,
  directory,
}: TlsOptions & {
  routing: (request: IncomingMessage, response: ServerResponse) => void;
  host: string;
}): Promise<TlsListener> {
  const { keyPem, certificatePem, caFile } = await keepCertificates({ directory, nowMs: Date.now() });
  const server = createServer({
    key: keyPem,
    cert: certificatePem,
    minVersion: "TLSv1.2",
    requireHostHeader: false,
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.requestTimeout = 0;
  server.on("clientError", answerClientError);
  server.on("request", (request, response) => {
    misplace(request);
    routing(request, response);
  });
  server.listen({ host, port });
  await once(server, "listening");
  return {
    address: addressOf({ host, address: server.address() as AddressInfo, caFile }),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** Leads a request for the wrong one of Google's hosts to where nothing is; the log then shows the host in its path. */
function misplace(request: IncomingMessage): void {
  const { host = "" } = request.headers;
  const { url = "/" } = request;
  if (!isServedAt(host, url)) request.url = `//${host}${url}`;
}

function addressOf({
  host,
  address,
  caFile,
}: {
  host: string;
  address: AddressInfo;
  caFile: string;
}): TlsAddress {
  const { accounts, token, api, userinfo, content, pictures } = googleHosts;
  return {
    origin: listeningOrigin("https", { host, address }),
    port: address.port,
    caFile,
    hostNames: certificateHosts,
    hostsLine: [reachableHost(host, address), accounts, token, api, userinfo, content, pictures].join(" "),
  };
}
