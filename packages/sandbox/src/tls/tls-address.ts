/** What a client needs to reach the sandbox under Google's host names. */
export interface TlsAddress {
  /** The sandbox's own address with TLS: scheme, host and port, without a slash at the end. */
  readonly origin: string;
  readonly port: number;
  /** The full path of the certificate of the authority that clients have to trust. */
  readonly caFile: string;
  /** The names that the certificate is for. */
  readonly hostNames: readonly string[];
  /** The line for a hosts file that makes Google's names lead here. */
  readonly hostsLine: string;
}
