/** How long and how much a client may keep a socket busy before it has asked for anything. */
export interface SocketLimits {
  /** From the first byte of a connection or request to the end of its headers. */
  readonly headersTimeoutMs: number;
  /** From the first byte to the end of the body. */
  readonly requestTimeoutMs: number;
  /** Between two requests; longer than the minute after which load balancers give up. */
  readonly keepAliveTimeoutMs: number;
  /** How often the first two are looked at. */
  readonly checkEveryMs: number;
  readonly mostConnections: number;
}

export const SOCKET_LIMITS: SocketLimits = {
  headersTimeoutMs: 20_000,
  requestTimeoutMs: 60_000,
  keepAliveTimeoutMs: 72_000,
  checkEveryMs: 5_000,
  mostConnections: 10_000,
};

/** Node's own default, said aloud: beyond it a request is answered 431. */
export const MAX_HEADERS_BYTES = 16 * 1024;
