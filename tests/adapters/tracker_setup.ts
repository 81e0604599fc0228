import { join } from "node:path";
import { openIdentity } from "../../lib/adapters/identity.ts";
import type { PeerId } from "../../lib/core/ids.ts";
import type { Announce } from "../../lib/core/messages.ts";
import type { LiveRecord, ShareRecord } from "../../lib/core/share_record.ts";
import type { Identity } from "../../lib/ports.ts";
import { startTracker } from "../../tracker.ts";
import { announceBy, FakeLog, fileId, hexId, recordBy, shareId } from "../fakes.ts";

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

export async function start(data?: string, log = new FakeLog(), publicUrl = "") {
  const dir = data ?? join(await Deno.makeTempDir(), "tracker");
  const tracker = await startTracker({ config: configOf(dir, publicUrl), log });
  const { port } = tracker;
  return { dir, log, port, url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => tracker.close() };
}

export const newIdentity = async () => openIdentity(join(await Deno.makeTempDir(), "identity"));

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
