export { listenWithTls, type TlsAddress, type TlsListener, type TlsOptions } from "./listen-with-tls.ts";
