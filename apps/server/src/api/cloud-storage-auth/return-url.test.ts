import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AttemptSteps, attemptSteps, resultOf } from "../../testing/attempt-steps.ts";
import type { Person } from "../../testing/make-person.ts";
import { APP_ORIGIN, PUBLIC_URL } from "../../testing/serve-routes.ts";
import { type ConnectionsWorld, startConnectionsWorld } from "../../testing/start-connections-world.ts";

const RETURN_URL = `${APP_ORIGIN}/drives?tab=photos&status=new`;

let world: ConnectionsWorld;
let steps: AttemptSteps;
let member: Person;

beforeAll(async () => {
  world = await startConnectionsWorld();
  steps = attemptSteps(world, PUBLIC_URL);
  member = world.people.member;
});
afterAll(() => world.stop());

const beginRedirect = () => steps.beginInBrowser(member, { return_url: RETURN_URL });

describe("an attempt with a return URL", () => {
  it("303: sends the browser that began it back with the connection, and with nothing else", async () => {
    const begun = await beginRedirect();
    const reply = await steps.comeBack(await steps.consent(begun), begun.cookie);
    expect(reply.status).toBe(303);
    expect(reply.headers.get("cache-control")).toBe("no-store");
    expect(reply.headers.get("referrer-policy")).toBe("no-referrer");
    const to = new URL(reply.headers.get("location") ?? "");
    expect(to.origin + to.pathname).toBe(`${APP_ORIGIN}/drives`);
    const { result } = (await steps.attempt(begun.state, member)).body;
    expect([...to.searchParams]).toEqual([
      ["tab", "photos"],
      ["status", "succeeded"],
      ["connection_id", result.connection.id],
    ]);
  });

  it("303: a refusal of the user, by its code", async () => {
    const begun = await beginRedirect();
    const reply = await steps.comeBack(await steps.consent(begun, { deny: true }), begun.cookie);
    expect([reply.status, reply.headers.get("location")]).toEqual([
      303,
      `${APP_ORIGIN}/drives?tab=photos&status=failed&error=access_denied`,
    ]);
  });

  it("303: a code that the provider does not accept, and Drive access that was not granted, by their codes", async () => {
    const wrong = await beginRedirect();
    const back = await steps.consent(wrong);
    back.searchParams.set("code", "4/0wrong");
    const reply = await steps.comeBack(back, wrong.cookie);
    expect(reply.headers.get("location")).toMatch(/&status=failed&error=invalid_code$/);
    const unticked = await beginRedirect();
    const page = await steps.comeBack(
      await steps.consent(unticked, { email: "bob@example.com", untick: ["drive.readonly"] }),
      unticked.cookie,
    );
    expect(page.headers.get("location")).toMatch(/&status=failed&error=scope_not_granted$/);
  });

  it("400: another browser is told so, is not sent anywhere, and spoils nothing", async () => {
    const begun = await beginRedirect();
    const back = await steps.consent(begun);
    const page = await steps.comeBack(back, "");
    expect([page.status, page.headers.get("location")]).toEqual([400, null]);
    expect(resultOf(page)).toMatchObject({
      message: { error: expect.stringContaining("not begun in this browser") },
      origin: null,
    });
    expect((await steps.comeBack(back, begun.cookie)).status).toBe(303);
  });

  it("200: the application that began it may finish it too", async () => {
    const begun = await beginRedirect();
    expect((await steps.complete(begun, await steps.consent(begun), { as: member })).status).toBe(200);
  });
});
