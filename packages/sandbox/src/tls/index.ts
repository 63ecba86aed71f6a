export { listenWithTls, type TlsListener } from "./listen-with-tls.ts";
export type { TlsAddress } from "./tls-address.ts";
