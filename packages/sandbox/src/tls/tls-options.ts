/** Where to listen with TLS, and where the certificates are kept. */
export interface TlsOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly directory: string;
}
