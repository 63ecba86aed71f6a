import { afterAll, beforeAll, expect, it } from "vitest";
import { ask } from "../../testing/ask.ts";
import { AUTH_PATH } from "../../testing/attempt-steps.ts";
import { APP_ORIGIN, type ServedRoutes, serveRoutes } from "../../testing/serve-routes.ts";
import { type ConnectionsWorld, startConnectionsWorld } from "../../testing/start-connections-world.ts";
import { cloudStorageAuthRoutes } from "./auth-routes.ts";

const PLANTED = "p".repeat(43);

let world: ConnectionsWorld;
let served: ServedRoutes;

beforeAll(async () => {
  world = await startConnectionsWorld();
  const publicUrl = "https://drives.example.com";
  served = await serveRoutes({
    db: world.db,
    clock: world,
    publicUrl,
    routes: (app) => cloudStorageAuthRoutes(app, { connections: world.connections, publicUrl }),
  });
});
afterAll(async () => {
  await served.close();
  await world.stop();
});

const begin = (headers: Readonly<Record<string, string>> = {}) =>
  ask({
    url: served.url,
    method: "POST",
    path: AUTH_PATH,
    apiKey: world.people.member.apiKey,
    headers: { origin: APP_ORIGIN, ...headers },
    body: { provider: "google_drive" },
  });

it("has with https a name that browsers let no neighbouring host set", async () => {
  const cookie = (await begin()).headers.get("set-cookie") ?? "";
  expect(cookie).toMatch(/^__Host-driveway_browser=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  const again = await begin({ cookie: cookie.split(";")[0] ?? "" });
  expect(again.headers.get("set-cookie")).toBeNull();
});

it("takes with https no id that a neighbouring host could have planted", async () => {
  const cookie = (await begin({ cookie: `driveway_browser=${PLANTED}` })).headers.get("set-cookie") ?? "";
  expect(cookie).toContain("__Host-driveway_browser=");
  expect(cookie).not.toContain(PLANTED);
});
