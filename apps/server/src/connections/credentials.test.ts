import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connections } from "../db/index.ts";
import { DriveError } from "../drives/index.ts";
import type { Person } from "../testing/make-person.ts";
import { type ConnectionsWorld, startConnectionsWorld } from "../testing/start-connections-world.ts";

const HOUR_MS = 60 * 60 * 1000;

let world: ConnectionsWorld;
let member: Person;
let connectionId: string;

beforeAll(async () => {
  world = await startConnectionsWorld();
  member = world.people.member;
});

afterEach(() => {
  delete world.oauthFaults.refresh;
});

afterAll(() => world.stop());

const ref = () => ({ tenantId: member.principal.tenantId, connectionId });
const nodeAt = (index: number) => (index % 2 === 0 ? world.connections : world.otherNode);
const refreshes = (mark: number) =>
  world.sandbox.requests.since(mark).filter((entry) => entry.kind === "oauth.token").length;

async function row() {
  const [found] = await world.db.select().from(connections).where(eq(connections.id, connectionId));
  return found;
}

async function connectAnew(): Promise<void> {
  connectionId = await world.connect(member);
}

describe("credentialFor", () => {
  it("refreshes once for many that ask at the same time, in two processes", async () => {
    await connectAnew();
    world.advance(HOUR_MS);
    const mark = world.sandbox.requests.mark();
    const asked = Array.from({ length: 20 }, (_, index) => nodeAt(index).credentialFor(ref()).current());
    const versions = new Set((await Promise.all(asked)).map((lent) => lent.version));
    expect(versions).toEqual(new Set([2]));
    expect(refreshes(mark)).toBe(1);
  });

  it("refreshes once for many that were refused the same token, in two processes", async () => {
    await connectAnew();
    const stale = await world.connections.credentialFor(ref()).current();
    const mark = world.sandbox.requests.mark();
    const asked = Array.from({ length: 20 }, (_, index) => nodeAt(index).credentialFor(ref()).renew(stale));
    const renewed = await Promise.all(asked);
    expect(new Set(renewed.map((lent) => lent.version))).toEqual(new Set([stale.version + 1]));
    expect(refreshes(mark)).toBe(1);
  });

  it("takes a token that was renewed elsewhere, without a refresh of its own", async () => {
    await connectAnew();
    const credential = world.connections.credentialFor(ref());
    const stale = await credential.current();
    const other = await world.otherNode.credentialFor(ref()).renew(stale);
    const mark = world.sandbox.requests.mark();
    expect(await credential.renew(stale)).toEqual(other);
    expect(refreshes(mark)).toBe(0);
  });

  it("goes on with a token that still runs when the provider fails, and never marks the connection for that", async () => {
    await connectAnew();
    world.oauthFaults.refresh = () =>
      Promise.reject(new DriveError("try_later", "down", { reason: "http_503" }));
    const credential = world.connections.credentialFor(ref());
    const { version } = await credential.current();
    world.advance(HOUR_MS - 2 * 60 * 1000);
    expect((await credential.current()).version).toBe(version);
    world.advance(2 * 60 * 1000);
    await expect(credential.current()).rejects.toMatchObject({ kind: "try_later" });
    expect(await row()).toMatchObject({ status: "active", refreshingUntil: null });
  });

  it("marks a connection whose grant the provider calls dead, until it is connected anew", async () => {
    await connectAnew();
    world.sandbox.revokeGrant("alice@example.com");
    world.advance(HOUR_MS);
    const credential = world.connections.credentialFor(ref());
    await expect(credential.current()).rejects.toMatchObject({
      kind: "sign_in_again",
      reason: "revoked",
    });
    expect(await row()).toMatchObject({ status: "needs_reauth", needsReauthReason: "revoked" });
    await expect(world.connections.driveFor(ref())).rejects.toMatchObject({ code: "REAUTH_REQUIRED" });
    const same = await world.connect(member);
    expect(same).toBe(connectionId);
    expect(await row()).toMatchObject({ status: "active", needsReauthReason: null });
    const drive = await world.connections.driveFor(ref());
    expect(await drive.reserveIds(1)).toHaveLength(1);
  });

  it("renews a token that Google refuses before its time, unseen by the caller", async () => {
    await connectAnew();
    const drive = await world.connections.driveFor(ref());
    await drive.reserveIds(1);
    world.sandbox.revokeGrant("alice@example.com");
    await world.connect(member);
    expect(await drive.reserveIds(1)).toHaveLength(1);
  });

  it("does not mark a connection that was renewed since the token was lent", async () => {
    await connectAnew();
    const credential = world.connections.credentialFor(ref());
    const old = await credential.current();
    await connectAnew();
    await credential.giveUp(old);
    expect(await row()).toMatchObject({ status: "active" });
    await credential.giveUp(await world.connections.credentialFor(ref()).current());
    expect(await row()).toMatchObject({ status: "needs_reauth", needsReauthReason: "token_refused" });
  });

  it("waits for nobody who died with the lease", async () => {
    await connectAnew();
    world.advance(HOUR_MS);
    const past = new Date(Date.now() - 1000);
    await world.db.update(connections).set({ refreshingUntil: past }).where(eq(connections.id, connectionId));
    const lent = await world.connections.credentialFor(ref()).current();
    expect(lent.version).toBe((await row())?.tokenVersion);
  });

  it("asks to connect anew when the OAuth client has changed", async () => {
    await connectAnew();
    await world.db
      .update(connections)
      .set({ oauthClientId: "another" })
      .where(eq(connections.id, connectionId));
    world.advance(HOUR_MS);
    await expect(world.connections.credentialFor(ref()).current()).rejects.toMatchObject({
      reason: "app_changed",
    });
    expect(await row()).toMatchObject({ status: "needs_reauth", needsReauthReason: "app_changed" });
    await connectAnew();
  });
});

describe("driveFor", () => {
  it("writes down when a connection was used, once a minute", async () => {
    await connectAnew();
    await world.connections.driveFor(ref());
    const first = (await row())?.lastUsedAt;
    expect(first).toBeInstanceOf(Date);
    world.advance(30_000);
    await world.connections.driveFor(ref());
    expect((await row())?.lastUsedAt).toEqual(first);
    world.advance(31_000);
    await world.connections.driveFor(ref());
    expect((await row())?.lastUsedAt).not.toEqual(first);
  });

  it("knows no connection of another tenant", async () => {
    const foreign = { tenantId: world.people.stranger.principal.tenantId, connectionId };
    await expect(world.connections.driveFor(foreign)).rejects.toMatchObject({ code: "connection_not_found" });
  });
});
