import { join } from "node:path";
import { openIdentity } from "../../lib/adapters/identity.ts";
import { openSwarmIndex } from "../../lib/adapters/sqlite_swarm_index.ts";
import type { PeerId } from "../../lib/core/ids.ts";
import type { Announce } from "../../lib/core/messages.ts";
import type { LiveRecord, ShareRecord } from "../../lib/core/share_record.ts";
import type { Identity } from "../../lib/ports.ts";
import { startTracker } from "../../tracker.ts";
import { announceBy, CLASS_ID, FakeLog, fileId, hexId, keyOf, peerId, recordBy, shareId, userId } from "../fakes.ts";
import { tempDir } from "../temp.ts";

/** A tracker in this process, and announces of peers that exist in name only. */

export const epoch = hexId<string>(1, 32);

const configOf = (data: string, publicUrl: string) => ({
  tracker: {
    host: "127.0.0.1",
    port: 0,
    memberPort: 0,
    data,
    database: "tracker.db",
    publicUrl,
    peerExpires: 90_000,
    announceInterval: 30_000,
    activityKept: 100,
  },
  chunking: { chunkSize: null },
});

export async function start(data?: string, log = new FakeLog(), publicUrl = "", program?: string) {
  const dir = data ?? join(await tempDir(), "tracker");
  const tracker = await startTracker({ config: configOf(dir, publicUrl), log, program });
  const { port } = tracker;
  return { dir, log, port, url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => tracker.close() };
}

/** A member of the class, away now, has shared something with nobody else. */
export const CHLOE = peerId(0xc);
export function secret(number: number, name: string): LiveRecord {
  return file(CHLOE, number, name, { visibility: "private", user: userId(0xc), class: CLASS_ID });
}

/** A tracker that knows of these. */
export async function startKnowing(...records: LiveRecord[]) {
  const dir = join(await tempDir(), "tracker");
  await Deno.mkdir(dir, { mode: 0o700 });
  {
    using index = openSwarmIndex({ path: join(dir, "tracker.db"), log: new FakeLog(), activityKept: 100 });
    const who = { peerId: CHLOE, key: keyOf(CHLOE), name: "Chloé", user: userId(0xc) };
    index.apply({
      peer: { ...who, serial: 1, index: { epoch, version: records.length }, lastSeen: 1_000 },
      records: records.map((record) => ({ record, jws: "a.b.c" })),
      ...{ restart: false, completed: [], activity: [] },
    });
  }
  return await start(dir);
}

export const newIdentity = async () => openIdentity(join(await tempDir(), "identity"));

export const file = (owner: PeerId, number: number, name = `file ${number}.txt`, changes: Partial<LiveRecord> = {}) =>
  recordBy(owner, { shareId: shareId(number), fileId: fileId(number), name, ...changes });

export async function signedAnnounce(
  me: Identity,
  serial: number,
  records: ShareRecord[],
  changes: Partial<Announce> = {},
) {
  const jws = await Promise.all(records.map(async (record) => (await me.signRecord(record)).jws));
  const index = { epoch, from: 0, to: records.length };
  return await me.signAnnounce(announceBy(me.peerId, { serial, records: jws, index, ...changes }));
}

export function post(url: string, body: BodyInit, headers: Record<string, string>) {
  return fetch(`${url}/api/announce`, { method: "POST", body, headers });
}
export const postSigned = (url: string, jws: string) => post(url, jws, { "content-type": "application/jose" });

export async function json(response: Response | Promise<Response>) {
  const answer = await response;
  return { status: answer.status, body: await answer.json() };
}
