import assert from "node:assert/strict";
import { openNeighbourIndex } from "../../lib/adapters/sqlite_neighbour_index.ts";
import { CachedShares } from "../../lib/app/cached_shares.ts";
import { FindFiles } from "../../lib/app/find_files.ts";
import { SourceFinder } from "../../lib/app/find_sources.ts";
import { Neighbours } from "../../lib/app/neighbours.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { CountsReply, FilePeersReply, SearchReply } from "../../lib/core/messages.ts";
import { Reputation } from "../../lib/core/reputation.ts";
import type { LiveRecord } from "../../lib/core/share_record.ts";
import type { TrackerClient } from "../../lib/ports.ts";
import type { RecordStore } from "../../lib/store_ports.ts";
import {
  CLASS_ID,
  codeOf,
  FakeClass,
  FakeLog,
  fileId,
  hexId,
  keyOf,
  PatientClock,
  peerId,
  recordBy,
  shareId,
  trustingSignatures,
  userId,
} from "../fakes.ts";

const SELF = peerId(99);
const [ALICE, BOB] = [peerId(1), peerId(2)];
const SIGNAL = new AbortController().signal;
const at = (peer: typeof ALICE) => ({ peerId: peer, name: `peer ${parseInt(peer, 16)}`, host: "fake", port: 5001 });

/** A peer that has heard of what others share, and a tracker that may be away. */
class Asking implements Disposable {
  readonly clock = new PatientClock();
  readonly log = new FakeLog();
  readonly members = new FakeClass(this.clock);
  readonly neighbours = new Neighbours(SELF, this.clock);
  readonly store = openNeighbourIndex(":memory:", this.log);
  answer: SearchReply | undefined;
  counts: CountsReply["counts"] = [];
  peers: FilePeersReply | undefined;
  counted = 0;
  joined = this.members.joined(SELF, userId(99));

  readonly tracker = {
    search: (_: unknown, signal: AbortSignal) => this.#say(this.answer, signal),
    filePeers: (_: unknown, signal: AbortSignal) => this.#say(this.peers, signal),
    counts: (refs: unknown[]) => {
      this.counted++;
      return Promise.resolve(refs.map((_, index) => this.counts[index] ?? null));
    },
  } as unknown as TrackerClient;
  isFrozen = false;

  get #ports() {
    const { tracker, neighbours, clock, log, members, store } = this;
    const proving = { signatures: trustingSignatures, members };
    const cached = new CachedShares({ ...proving, store, neighbours, clock, log, joined: () => this.joined });
    return { ...proving, tracker, neighbours, clock, log, cached };
  }

  get files(): FindFiles {
    return new FindFiles({
      ...this.#ports,
      records: { granting: () => [] } as unknown as RecordStore,
      downloads: { present: () => Promise.resolve(new Map()) },
      links: { tracker: () => undefined, here: () => undefined },
      name: () => "me",
    });
  }

  get finder(): SourceFinder {
    return new SourceFinder({ ...this.#ports, reputation: new Reputation() });
  }

  /** It was heard that these are shared. */
  heard(...records: LiveRecord[]): void {
    for (const record of records) {
      const { owner } = record;
      const restricted = record.visibility !== "public";
      this.store.put({
        ...{ peerId: owner, name: `peer ${parseInt(owner, 16)}`, position: { epoch: hexId(1, 32), version: 1 } },
        askedAs: restricted ? `${CLASS_ID}/${userId(99)}` : "",
        lastSeen: this.clock.now(),
        proof: { key: keyOf(owner), certificate: restricted ? this.members.enrol(owner, userId(1)) : undefined },
        records: [{ record, jws: JSON.stringify(record) }],
      });
    }
  }

  found(record: LiveRecord, changes: object = {}): SearchReply["results"][number] {
    const { fileId: id, shareId, owner: ownerId, name, kind, size, visibility, at } = record;
    return { id, shareId, ownerId, owner: "x", name, kind, size, visibility, peers: 3, at, ...changes };
  }

  async names(request: Parameters<FindFiles["search"]>[0] = {}): Promise<string[]> {
    return (await this.files.search(request, SIGNAL)).results.map(({ name }) => name);
  }

  #say<T>(what: T | undefined, signal: AbortSignal): Promise<T> {
    if (what !== undefined) return Promise.resolve(what);
    if (!this.isFrozen) return Promise.reject(new EssaimError("unreachable", "The tracker is away."));
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  }

  [Symbol.dispose](): void {
    this.store[Symbol.dispose]();
  }
}

const share = (number: number, name: string, changes: Partial<LiveRecord> = {}) =>
  recordBy(ALICE, { shareId: shareId(number), fileId: fileId(number), name, ...changes });

Deno.test("without the tracker a search is answered from what was heard, with who was seen when", async () => {
  using asking = new Asking();
  assert.equal(await codeOf(asking.files.search({ q: "x" }, SIGNAL)), "unreachable");
  asking.heard(share(1, "notes.pdf"), share(2, "map.png", { owner: BOB }));
  asking.neighbours.heard([at(ALICE)]);
  const { results, from, cursor } = await asking.files.search({}, SIGNAL);
  assert.deepEqual([from, cursor], ["cache", undefined]);
  const seen = new Map(
    results.map(({ name, owner, peers, seenAt, state }) => [name, [owner, peers, seenAt, state.kind]]),
  );
  assert.deepEqual(seen.get("notes.pdf"), ["peer 1", 1, undefined, "available"]);
  assert.deepEqual(seen.get("map.png"), ["peer 2", 0, new Date(asking.clock.now()).toISOString(), "no-source"]);
  assert.equal(await codeOf(asking.files.search({ cursor: "of a tracker" }, SIGNAL)), "unreachable");
});

Deno.test("a tracker that answers nothing holds nobody up who has something to show", async () => {
  using asking = new Asking();
  asking.isFrozen = true;
  asking.heard(share(1, "notes.pdf"));
  const { from, results } = await asking.files.search({}, SIGNAL, 5);
  assert.deepEqual([from, results.length], ["cache", 1]);
  const stop = new AbortController();
  const stopped = asking.files.search({}, stop.signal, 60_000);
  stop.abort(new EssaimError("cancelled", "Enough."));
  assert.equal(await codeOf(stopped), "cancelled");
});

Deno.test("what neighbours share and the tracker does not know stands among its results, each share once", async () => {
  using asking = new Asking();
  const [a, b, c] = [share(1, "a.txt"), share(2, "b.txt"), share(3, "c.txt")];
  asking.heard(a, b, c);
  asking.answer = { results: [asking.found(a), asking.found(c)] };
  assert.deepEqual(await asking.names({ sort: "name" }), ["a.txt", "c.txt"], "its owner is not present");
  asking.neighbours.heard([at(ALICE)]);
  assert.deepEqual(await asking.names({ sort: "name" }), ["a.txt", "b.txt", "c.txt"]);
  asking.answer = { results: [asking.found(c), asking.found(a)] };
  assert.deepEqual(await asking.names({ sort: "name", order: "desc" }), ["c.txt", "b.txt", "a.txt"]);
  asking.answer = { results: [asking.found(a), asking.found(c)] };
  const { results, from } = await asking.files.search({ sort: "name" }, SIGNAL);
  assert.deepEqual([results.map(({ peers }) => peers), from], [[3, 1, 3], "tracker"]);
  asking.counts = [{ peers: 0, downloads: 0, down: true }];
  assert.deepEqual(await asking.names({ sort: "name" }), ["a.txt", "c.txt"], "the teacher took it down");
  asking.counts = [{ peers: 0, downloads: 0 }];
  assert.deepEqual(
    await asking.names({ available: true }),
    ["a.txt", "c.txt"],
    "the tracker knows that its owner left",
  );
  asking.answer = { results: [asking.found(a)], cursor: "next" };
  assert.deepEqual(await asking.names({ sort: "name", limit: 2 }), ["a.txt"], "it stands on a later page");
  const before = asking.counted;
  asking.answer = { results: [asking.found(a), asking.found(b), asking.found(c)] };
  assert.deepEqual(await asking.names(), ["a.txt", "b.txt", "c.txt"]);
  assert.equal(asking.counted, before, "nothing has to be asked when the tracker knows everything");
});

Deno.test("without the tracker the details of a file are those that were heard", async () => {
  using asking = new Asking();
  asking.heard(share(1, "notes.pdf"));
  const { names, sources } = await asking.files.details(fileId(1), SIGNAL);
  assert.deepEqual(names, [{ name: "notes.pdf", owner: "peer 1", visibility: "public" }]);
  assert.deepEqual(sources, []);
  asking.neighbours.heard([at(ALICE)]);
  assert.deepEqual((await asking.files.details(fileId(1), SIGNAL)).sources, [
    { peerId: ALICE, name: "peer 1", have: 1, of: 1 },
  ]);
  assert.equal(await codeOf(asking.files.details(fileId(2), SIGNAL)), "unreachable");
});

Deno.test("without the tracker a download has its record from what was heard, and its owner first among the sources", async () => {
  using asking = new Asking();
  const secret = share(2, "secret.pdf", {
    visibility: "private",
    user: userId(1),
    class: CLASS_ID,
    allow: [userId(99)],
  });
  asking.heard(share(1, "notes.pdf"), secret);
  asking.neighbours.heard([{ ...at(ALICE), user: userId(1), memberPort: 5101 }, at(BOB)]);
  const { finder } = asking;
  const { signed, ownerName, proof } = await finder.record(fileId(2), shareId(2), SIGNAL);
  assert.deepEqual([signed.record.name, ownerName], ["secret.pdf", "peer 1"]);
  assert.ok(proof.certificate);
  assert.deepEqual(await finder.find(fileId(2), signed.record, SIGNAL), [ALICE], "nobody else may read it");
  assert.deepEqual(await finder.find(fileId(1), share(1, "notes.pdf"), SIGNAL), [ALICE, BOB]);
  assert.equal(await codeOf(finder.record(fileId(2), shareId(7), SIGNAL)), "unreachable");
  asking.members.revoked.add(ALICE);
  assert.equal(await codeOf(finder.record(fileId(2), shareId(2), SIGNAL)), "unreachable");
});

Deno.test("of a share that is newer at its owner than at the tracker, the newer record counts", async () => {
  using asking = new Asking();
  const told = (record: LiveRecord): FilePeersReply => (
    { records: [JSON.stringify(record)], keys: { [ALICE]: keyOf(ALICE) }, peers: [] }
  );
  const nameOf = async (file = fileId(1)) => (await asking.finder.record(file, undefined, SIGNAL)).signed.record.name;
  asking.peers = told(share(1, "at the tracker.pdf", { version: 2 }));
  assert.equal(await nameOf(), "at the tracker.pdf");
  asking.heard(share(1, "older.pdf"));
  assert.equal(await nameOf(), "at the tracker.pdf");
  asking.heard(share(1, "renamed.pdf", { version: 3 }));
  assert.equal(await nameOf(), "renamed.pdf");
  asking.heard(share(1, "other content.pdf", { version: 4, fileId: fileId(5) }));
  assert.equal(await codeOf(nameOf()), "not-found");
});
