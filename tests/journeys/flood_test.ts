import assert from "node:assert/strict";
import { openIdentity } from "../../lib/adapters/identity.ts";
import { MAX_RECORDS_PER_ANNOUNCE } from "../../lib/core/messages.ts";
import { TRACKER_SERVER_NAME } from "../../lib/core/class_messages.ts";
import { announceBy, fileId, recordBy, shareId } from "../fakes.ts";
import { memberWire, plainWire, requestOf, statusOf, type Wire } from "./attackers.ts";
import { MB } from "./files.ts";
import { flood, type Flooded, residentBytes } from "./flood.ts";
import { Classroom, type Program } from "./processes.ts";
import { credentialsOf } from "./strangers.ts";

const REQUESTS = 100_000;
/** Of the same kind: enough to be limited for most of it. */
const FEWER = 15_000;
const FLOOD_MS = 60_000;
const LONG_MS = 8_000;
const MOST_GROWTH = 200 * MB;
/** Of the other member's questions while the flood lasts; this machine may be busy with other things too. */
const SLOWEST_MEDIAN_MS = 500;

const kept = (line: string, options: Parameters<typeof requestOf>[1] = {}) =>
  requestOf(line, { ...options, headers: { ...options.headers, connection: "keep-alive" } });

interface Measured {
  readonly medianMs: number;
  readonly worstMs: number;
  readonly growth: number;
}

/** How another member fares while something goes on. */
async function meanwhile(work: Promise<unknown>, wire: Wire, tracker: Program): Promise<Measured> {
  const times: number[] = [];
  const before = await residentBytes(tracker);
  let most = before;
  let isOver = false;
  work.finally(() => isOver = true).catch(() => {});
  do {
    const began = performance.now();
    assert.equal(statusOf(await wire(requestOf("GET /api/search?q=lesson"))), 200);
    times.push(performance.now() - began);
    most = Math.max(most, await residentBytes(tracker));
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (!isOver || times.length < 20);
  times.sort((a, b) => a - b);
  return { medianMs: times[Math.floor(times.length / 2)]!, worstMs: times.at(-1)!, growth: most - before };
}

const told = ({ medianMs, worstMs, growth }: Measured) =>
  `another member waits ${medianMs.toFixed(1)} ms (worst ${worstMs.toFixed(0)}), ${(growth / MB).toFixed(0)} MB more`;

Deno.test("a hundred thousand questions of one member, or of one address, are limited and slow nobody else", async (t) => {
  await using room = await Classroom.ofMembers("alice", "bob", "mallory");
  const { tracker } = room;
  const [alice, bob, mallory] = [room.peer("alice"), room.peer("bob"), room.peer("mallory")];
  await Deno.writeTextFile(`${room.folder}/lesson.txt`, "lesson");
  await alice.share(`${room.folder}/lesson.txt`);
  const bobs = await memberWire(bob, tracker);
  const tls = { ...await credentialsOf(mallory), servername: TRACKER_SERVER_NAME };
  const me = await openIdentity(`${mallory.data}/identity`);
  await mallory.stop();
  const announce = announceBy(me.peerId, { serial: Date.now() * 1_000, memberPort: 5101 });
  const mallorys = await memberWire(mallory, tracker);
  const signed = { headers: { "content-type": "application/jose" }, body: await me.signAnnounce(announce) };
  assert.equal(statusOf(await mallorys(requestOf("POST /api/announce", signed))), 200);
  const quiet = await meanwhile(new Promise((resolve) => setTimeout(resolve, 2_000)), bobs, tracker);
  console.log(`before: ${told(quiet)}`);
  for (
    const [what, port, request, secure, requests] of [
      ["searches of a member", tracker.memberPort, kept("GET /api/search?q=lesson"), true, REQUESTS],
      ["announces of a member", tracker.memberPort, kept("POST /api/announce", signed), true, FEWER],
      ["searches over plain HTTP", tracker.port, kept("GET /api/search?q=lesson"), false, FEWER],
      ["announces over plain HTTP", tracker.port, kept("POST /api/announce", signed), false, FEWER],
      ["wrong codes", tracker.memberPort, kept("POST /api/join", signed), "nobody", FEWER],
    ] as const
  ) {
    await t.step(what, async () => {
      const auth = secure === "nobody" ? { ca: tls.ca, servername: tls.servername } as typeof tls : tls;
      const work: Promise<Flooded> = flood({ port, request, requests, ...(secure ? { tls: auth } : {}) });
      const measured = await meanwhile(work, bobs, tracker);
      const { statuses, withoutRetry, ms } = await work;
      console.log(`${what}: ${JSON.stringify(statuses)} in ${ms} ms; ${told(measured)}`);
      const all = Object.values(statuses).reduce((sum, count) => sum + count, 0);
      assert.ok((statuses["429"] ?? 0) > all / 2, "most are refused");
      assert.equal(withoutRetry, 0);
      if (requests === REQUESTS) assert.ok(ms <= FLOOD_MS, `only ${all} in ${ms} ms`);
      assert.ok(measured.medianMs < SLOWEST_MEDIAN_MS && measured.growth < MOST_GROWTH);
    });
  }
  await t.step("announces of a member that are as long as they may be", async () => {
    const records = await Promise.all(Array.from({ length: MAX_RECORDS_PER_ANNOUNCE }, async (_, number) => {
      const names = { shareId: shareId(number), fileId: fileId(number), name: `file ${number}.bin` };
      return (await me.signRecord(recordBy(me.peerId, names))).jws;
    }));
    const index = { epoch: announce.index.epoch, from: 0, to: records.length };
    const statuses: Record<string, number> = {};
    let { serial } = announce;
    const end = performance.now() + LONG_MS;
    const forge = async () => {
      while (performance.now() < end) {
        const long = await me.signAnnounce({ ...announce, serial: ++serial, event: "alive", index, records });
        const status = statusOf(await mallorys(requestOf("POST /api/announce", { ...signed, body: long })));
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
    };
    const measured = await meanwhile(Promise.all(Array.from({ length: 6 }, forge)), bobs, tracker);
    console.log(`long announces: ${JSON.stringify(statuses)} in ${LONG_MS} ms; ${told(measured)}`);
    assert.ok(statuses["200"]! > 1 && measured.medianMs < SLOWEST_MEDIAN_MS && measured.growth < MOST_GROWTH);
  });
  assert.equal(statusOf(await plainWire(tracker)(requestOf("GET /api/class"))), 200);
});
