import { once } from "node:events";
import { createServer } from "node:net";

/** A TCP port of this machine's loopback that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new TypeError("The probe has no TCP port");
  return address.port;
}
