import { randomBytes } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { auditEvents, connections, oauthAttempts, users } from "../db/index.ts";
import { createKeyring, hashSecret } from "../platform/index.ts";
import { type AttemptSteps, attemptSteps, type Begun, resultOf } from "../testing/attempt-steps.ts";
import { makePerson, type Person } from "../testing/make-person.ts";
import { PUBLIC_URL } from "../testing/serve-routes.ts";
import { type ConnectionsWorld, startConnectionsWorld } from "../testing/start-connections-world.ts";

const OTHER = { clientId: "another-client", clientSecret: "another secret" };
const UNTICKED = { email: "bob@example.com", untick: ["drive.readonly"] };

let world: ConnectionsWorld;
let steps: AttemptSteps;
let member: Person;
let stranger: Person;

beforeAll(async () => {
  world = await startConnectionsWorld({ sandbox: { clients: [OTHER] } });
  steps = attemptSteps(world, PUBLIC_URL);
  ({ member, stranger } = world.people);
  world.connections.startWorker();
});
afterEach(async () => {
  world.sandbox.faults.clear();
  world.sandbox.settings.change({ oauth: { idTokenClockSkewSeconds: 0 } });
  await world.db.delete(connections);
  for (const email of ["alice@example.com", "bob@example.com"]) world.sandbox.revokeGrant(email);
});
afterAll(() => world.stop());

/** Who allowed our client what, at the provider. */
async function grantsOf(email: string): Promise<unknown[]> {
  const query = new URLSearchParams({ email, clientId: world.sandbox.clientId });
  const reply = await fetch(`${world.sandbox.origin}/sandbox/api/grants?${query.toString()}`);
  return ((await reply.json()) as { grants: unknown[] }).grants;
}

const rowOf = (begun: Begun) =>
  world.db.query.oauthAttempts.findFirst({
    where: eq(oauthAttempts.stateSha256, hashSecret(begun.state)),
  });

const codeOf = (reply: { body: { error?: { code?: string } } }) => reply.body.error?.code;

describe("PKCE", () => {
  it("asks with S256 always, and destroys the verifier with the statement that takes the attempt", async () => {
    const begun = await steps.begin(member);
    const { searchParams } = new URL(begun.url);
    expect(searchParams.get("code_challenge_method")).toBe("S256");
    expect((await rowOf(begun))?.verifierSealed).toMatch(/^test\./);
    const back = await steps.consent(begun);
    back.searchParams.set("code", "4/0wrong");
    expect(codeOf(await steps.complete(begun, back, { as: member }))).toBe("invalid_code");
    expect((await rowOf(begun))?.verifierSealed).toBeNull();
  });

  it("keeps nothing secret of an attempt that ran out", async () => {
    const begun = await steps.begin(member);
    const row = await rowOf(begun);
    world.advance(10 * 60 * 1000);
    const message = { tenantId: row?.tenantId ?? "", attemptId: row?.id ?? "" };
    await world.queue.send(world.db, "expire-attempt", message);
    await expect.poll(async () => (await rowOf(begun))?.verifierSealed).toBeNull();
    expect(codeOf(await steps.complete(begun, new URL("http://x/?code=x"), { as: member }))).toBe(
      "state_expired",
    );
  });

  it("makes a stolen code worthless at a stranger's attempt, and leaves the victim's to the victim", async () => {
    const victim = await steps.begin(member);
    const back = await steps.consent(victim);
    const thief = await steps.begin(stranger);
    expect(codeOf(await steps.complete(thief, back, { as: stranger }))).toBe("invalid_code");
    expect(codeOf(await steps.complete(victim, back, { as: stranger }))).toBe("invalid_state");
    expect((await steps.complete(victim, back, { as: member })).status).toBe(200);
    expect(await world.db.select().from(connections)).toHaveLength(1);
  });
});

describe("a code", () => {
  it.each(["x", "4/0wrong", "4/0\u0000", "\u{1F600}", "<script>", "c".repeat(2048)])(
    "that is garbage, %j, ends the attempt with invalid_code and connects nothing",
    async (code) => {
      const begun = await steps.begin(member);
      const back = new URL("http://x/");
      back.searchParams.set("code", code);
      expect(codeOf(await steps.complete(begun, back, { as: member }))).toBe("invalid_code");
      expect(await world.db.select().from(connections)).toEqual([]);
    },
  );

  it("that is longer than allowed is refused before the attempt is touched", async () => {
    const begun = await steps.begin(member);
    const long = new URL("http://x/");
    long.searchParams.set("code", "c".repeat(2049));
    const reply = await steps.complete(begun, long, { as: member });
    expect([reply.status, codeOf(reply)]).toEqual([422, "validation_failed"]);
    expect((await steps.complete(begun, await steps.consent(begun), { as: member })).status).toBe(200);
  });

  it("of another client is refused", async () => {
    const begun = await steps.begin(member);
    const foreign = new URL(begun.url);
    foreign.searchParams.set("client_id", OTHER.clientId);
    const back = await steps.consent({ ...begun, url: foreign.href });
    expect(codeOf(await steps.complete(begun, back, { as: member }))).toBe("invalid_code");
  });

  it("that made a connection does not end its tokens when somebody presents it again", async () => {
    const begun = await steps.begin(member);
    const back = await steps.consent(begun);
    const made = await steps.complete(begun, back, { as: member });
    const mark = world.sandbox.requests.mark();
    for (const as of [member, stranger]) {
      expect(codeOf(await steps.complete(await steps.begin(as), back, { as }))).toBe("invalid_code");
    }
    const kinds = world.sandbox.requests.since(mark).map(({ kind }) => kind);
    expect(kinds).not.toContain("oauth.token");
    const path = `/api/v2/cloud-storage/connections/${made.body.connection.id}/picker-token`;
    const { body } = await world.ask("GET", path, { as: member });
    const info = await fetch(
      `${world.sandbox.origin}/tokeninfo?access_token=${encodeURIComponent(body.session.access_token)}`,
    );
    expect(info.status).toBe(200);
  });
});

describe("tokens that come to nothing", () => {
  it("are revoked when the Drive was not granted", async () => {
    const begun = await steps.beginInBrowser(member);
    const page = await steps.comeBack(await steps.consent(begun, UNTICKED), begun.cookie);
    expect(resultOf(page).message).toEqual({
      type: "oauth-complete",
      success: false,
      error: "Drive access was not granted.",
      code: "scope_not_granted",
    });
    expect(await world.db.select().from(connections)).toEqual([]);
    expect(await grantsOf(UNTICKED.email)).toEqual([]);
  });

  it("are revoked by the queue when the provider does not do so at once", async () => {
    world.sandbox.faults.add({
      route: "oauth.revoke",
      times: 1,
      fault: { kind: "status", status: 503 },
    });
    const begun = await steps.begin(member);
    expect(codeOf(await steps.complete(begun, await steps.consent(begun, UNTICKED), { as: member }))).toBe(
      "scope_not_granted",
    );
    expect(await grantsOf(UNTICKED.email)).toHaveLength(1);
    const [pending] = await world.db.query.pendingRevocations.findMany();
    expect(pending?.tokenSealed).toMatch(/^test\./);
    await world.queue.send(world.db, "revoke-grant", { revocationId: pending?.id ?? "" });
    await expect.poll(() => grantsOf(UNTICKED.email)).toEqual([]);
  });

  it("are revoked when the connection cannot be saved", async () => {
    expect((await completeAsLeaver("alice@example.com")).status).toBe(401);
    expect(await grantsOf("alice@example.com")).toEqual([]);
  });

  it("stay when somebody has the account connected, in whatever workspace", async () => {
    const id = await world.connect(stranger);
    const mark = world.sandbox.requests.mark();
    expect((await completeAsLeaver("alice@example.com")).status).toBe(401);
    expect(world.sandbox.requests.since(mark).map(({ kind }) => kind)).not.toContain("oauth.revoke");
    expect(await grantsOf("alice@example.com")).toHaveLength(1);
    const path = `/api/v2/cloud-storage/connections/${id}/picker-token`;
    expect((await world.ask("GET", path, { as: stranger })).status).toBe(200);
  });
});

/** Completes an attempt whose user is removed while the code is being exchanged. */
async function completeAsLeaver(email: string) {
  const leaver = await makePerson(world.db);
  const begun = await steps.begin(leaver);
  const back = await steps.consent(begun, { email });
  world.oauthFaults.afterExchange = async () => {
    await world.db.delete(users).where(eq(users.id, leaver.principal.userId));
  };
  try {
    return await steps.complete(begun, back, { as: leaver });
  } finally {
    delete world.oauthFaults.afterExchange;
  }
}

describe("an answer of the provider", () => {
  it("that is lost after the code was exchanged is told, leaves no half connection, and lets the user begin anew", async () => {
    const begun = await steps.begin(member);
    const back = await steps.consent(begun);
    world.sandbox.faults.add({ route: "oauth.token", fault: { kind: "lostAnswer" } });
    const reply = await steps.complete(begun, back, { as: member });
    expect([reply.status, codeOf(reply)]).toEqual([502, "provider_failed"]);
    expect(reply.body.error.message).toContain("Nothing was connected; please connect again.");
    expect(await world.db.select().from(connections)).toEqual([]);
    expect((await steps.attempt(begun.state, member)).body).toMatchObject({
      status: "failed",
      result: { code: "provider_failed" },
    });
    world.sandbox.faults.clear();
    expect(codeOf(await steps.complete(begun, back, { as: member }))).toBe("state_used");
    await world.connect(member);
    expect(await world.db.select().from(connections)).toHaveLength(1);
  });

  it.each([300, -300, 120])(
    "whose clock is %i seconds ahead is accepted",
    async (idTokenClockSkewSeconds) => {
      world.sandbox.settings.change({ oauth: { idTokenClockSkewSeconds } });
      const begun = await steps.begin(member);
      expect((await steps.complete(begun, await steps.consent(begun), { as: member })).status).toBe(200);
    },
  );

  it.each([330, -330, 86_400, -86_400])("whose clock is %i seconds ahead is refused", async (skew) => {
    world.sandbox.settings.change({ oauth: { idTokenClockSkewSeconds: skew } });
    const begun = await steps.begin(member);
    const reply = await steps.complete(begun, await steps.consent(begun), { as: member });
    expect([reply.status, codeOf(reply)]).toEqual([502, "provider_failed"]);
    expect(await world.db.select().from(connections)).toEqual([]);
  });
});

describe("the audit log", () => {
  const eventsOf = (person: Person) =>
    world.db.query.auditEvents.findMany({
      where: and(
        eq(auditEvents.tenantId, person.principal.tenantId),
        eq(auditEvents.actorUserId, person.principal.userId),
      ),
      orderBy: auditEvents.id,
    });

  it("tells who connected and connected again, at the callback page too, with the request that did", async () => {
    const person = await makePerson(world.db);
    const first = await steps.beginInBrowser(person);
    await steps.comeBack(await steps.consent(first), first.cookie);
    const second = await steps.beginInBrowser(person);
    await steps.sendSecret(await steps.consent(second), second.secret);
    const third = await steps.begin(person);
    await steps.complete(third, await steps.consent(third), { as: person });
    const events = await eventsOf(person);
    const [row] = await world.db.select().from(connections);
    expect(events).toHaveLength(3);
    for (const [index, event] of events.entries()) {
      expect(event).toMatchObject({
        action: index === 0 ? "connection.created" : "connection.renewed",
        actorKind: "api_key",
        targetKind: "connection",
        targetId: row?.id,
        address: "127.0.0.1",
        requestId: expect.any(String),
        details: { provider: "google_drive" },
      });
    }
  });

  it("tells why connecting was refused, and nothing of attempts that nobody could take", async () => {
    const person = await makePerson(world.db);
    const denied = await steps.beginInBrowser(person);
    await steps.comeBack(await steps.consent(denied, { deny: true }), denied.cookie);
    const wrong = await steps.begin(person);
    await steps.complete(wrong, new URL("http://x/?code=wrong"), { as: person });
    await steps.complete(wrong, new URL("http://x/?code=wrong"), { as: person });
    const events = await eventsOf(person);
    expect(events.map(({ action, details }) => [action, details])).toEqual([
      ["connection.refused", { provider: "google_drive", reason: "access_denied" }],
      ["connection.refused", { provider: "google_drive", reason: "invalid_code" }],
    ]);
    expect(JSON.stringify(events)).not.toContain(denied.state);
  });
});

describe("an attempt whose key is missing", () => {
  it("is answered with sealing_key_missing, and shows the provider no code", async () => {
    const keyring = createKeyring([{ id: "another", secret: randomBytes(32) }]);
    const begun = await steps.begin(member);
    const code = (await steps.consent(begun)).searchParams.get("code") ?? "";
    const { principal } = member;
    const wanted = { principal, provider: "google_drive", code, state: begun.state, redirectUri: null };
    await expect(world.node({ keyring }).finishForPrincipal(wanted)).rejects.toMatchObject({
      code: "sealing_key_missing",
    });
    expect((await steps.attempt(begun.state, member)).body).toMatchObject({
      status: "failed",
      result: { code: "sealing_key_missing" },
    });
  });
});

describe("open attempts", () => {
  it("are a hundred for one user at the most: the oldest give way, and nobody else's", async () => {
    const [person, bystander] = [await makePerson(world.db), await makePerson(world.db)];
    const other = await steps.begin(bystander);
    const first = await steps.begin(person);
    const second = await steps.begin(person);
    for (let count = 2; count < 101; count += 1) {
      world.advance(1);
      await steps.begin(person);
    }
    expect((await steps.attempt(first.state, person)).status).toBe(404);
    expect((await steps.attempt(second.state, person)).body.status).toBe("pending");
    expect((await steps.attempt(other.state, bystander)).body.status).toBe("pending");
    await Promise.all(Array.from({ length: 10 }, () => steps.begin(person)));
    const rows = await world.db
      .select()
      .from(oauthAttempts)
      .where(eq(oauthAttempts.userId, person.principal.userId));
    expect(rows).toHaveLength(100);
  });
});
