import { randomBytes } from "node:crypto";
import { type ApiServer, buildServer, type SocketLimits } from "../api/index.ts";
import type { Database } from "../db/index.ts";
import { createIdentity, type Identity, type JwtSettings, type RateQuotas } from "../identity/index.ts";
import type { Clock } from "../platform/index.ts";
import { testLog } from "./test-log.ts";

/** A page of this origin may use the API. */
export const APP_ORIGIN = "https://app.example.com";

/** The address that the server believes to have. */
export const PUBLIC_URL = "http://localhost:8080";

/** The HTTP edge on a port of its own, with some routes. */
export interface ServedRoutes {
  readonly url: string;
  readonly identity: Identity;
  close(): Promise<void>;
}

/** Serves routes behind the real edge, on a free port of the loopback interface. */
export async function serveRoutes(params: {
  readonly db: Database;
  readonly clock: Clock;
  /** The address that the server believes to have; {@link PUBLIC_URL} unless told otherwise. */
  readonly publicUrl?: string;
  /** Which tokens of a host application are taken; none unless told otherwise. */
  readonly jwt?: JwtSettings;
  readonly routes: (app: ApiServer, parts: { readonly identity: Identity }) => void;
  readonly rateQuotas?: RateQuotas;
  readonly trustedProxies?: readonly string[];
  readonly socketLimits?: Partial<SocketLimits>;
}): Promise<ServedRoutes> {
  const { db, clock, publicUrl = PUBLIC_URL, jwt = null } = params;
  const { trustedProxies = [], socketLimits = {}, rateQuotas } = params;
  const log = testLog();
  const allowedOrigins = [APP_ORIGIN];
  const sessionSecrets = [randomBytes(32).toString("base64url")] as const;
  const identity = createIdentity({
    db,
    clock,
    sessionSecrets,
    jwt,
    publicUrl,
    allowedOrigins,
    log,
    ...(rateQuotas === undefined ? {} : { rateQuotas }),
  });
  const server = await buildServer({
    log,
    identity,
    publicUrl,
    allowedOrigins,
    trustedProxies,
    socketLimits,
    version: "0.0.0-test",
    pageDirectory: import.meta.dirname,
    routes: (app) => params.routes(app, { identity }),
  });
  const url = await server.listen({ host: "127.0.0.1", port: 0 });
  const close = async () => {
    await server.close();
    await identity.stop();
  };
  return { url, identity, close };
}
