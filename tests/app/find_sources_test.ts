import assert from "node:assert/strict";
import { SourceFinder } from "../../lib/app/find_sources.ts";
import { Neighbours } from "../../lib/app/neighbours.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { ClassId, PeerId } from "../../lib/core/ids.ts";
import type { FilePeersReply } from "../../lib/core/messages.ts";
import { Reputation } from "../../lib/core/reputation.ts";
import type { TrackerClient } from "../../lib/ports.ts";
import { FakeClass, FakeClock, FakeLog, fileId, hexId, peerId, recordBy, trustingSignatures } from "../fakes.ts";

const SELF = peerId(99);
const neighbour = (number: number) => ({ peerId: peerId(number), name: `peer ${number}`, host: "fake", port: number });

/** A finder whose tracker names these peers, or is away when undefined. */
class Finding {
  readonly clock = new FakeClock();
  readonly log = new FakeLog();
  readonly neighbours = new Neighbours(SELF, this.clock);
  readonly reputation = new Reputation();
  named: number[] | undefined = [];
  readonly finder = new SourceFinder({
    ...{ clock: this.clock, log: this.log, neighbours: this.neighbours, reputation: this.reputation },
    ...{ signatures: trustingSignatures, members: new FakeClass(this.clock) },
    tracker: {
      filePeers: (): Promise<FilePeersReply> =>
        this.named
          ? Promise.resolve({
            records: [],
            keys: {},
            peers: this.named.map((number) => ({ ...neighbour(number), have: 1, of: 1 })),
          })
          : Promise.reject(new EssaimError("unreachable", "Nobody answers.")),
    } as unknown as TrackerClient,
  });

  find(): Promise<PeerId[]> {
    return this.finder.find(fileId(1), undefined, new AbortController().signal);
  }
}

Deno.test("whom the tracker names is asked, and nobody else", async () => {
  const finding = new Finding();
  finding.neighbours.heard([neighbour(5)]);
  finding.named = [1, 2];
  assert.deepEqual(await finding.find(), [peerId(1), peerId(2)]);
});

for (const [name, named] of [["is away", undefined], ["names nobody", []], ["names only this peer", [99]]] as const) {
  Deno.test(`when the tracker ${name}, the neighbours met last are asked, even long after`, async () => {
    const finding = new Finding();
    finding.named = named && [...named];
    for (let number = 1; number <= 60; number++) finding.neighbours.heard([neighbour(number)]);
    finding.clock.advance(3_600_000);
    finding.neighbours.met(peerId(3));
    const found = await finding.find();
    assert.equal(found.length, 50);
    assert.deepEqual(found.slice(0, 3), [peerId(3), peerId(60), peerId(59)]);
    assert.deepEqual(finding.neighbours.present().map(({ peerId: id }) => id), [peerId(3)]);
    assert.deepEqual(finding.log.codes, ["sources-unknown"]);
    for (let file = 1; file <= 3; file++) {
      finding.reputation.lied(peerId(3), fileId(file), finding.clock.monotonic());
    }
    assert.equal((await finding.find())[0], peerId(60));
  });
}

Deno.test("about what is for a class, nobody is asked out of it", async () => {
  const finding = new Finding();
  finding.named = [1];
  finding.neighbours.heard([neighbour(5)]);
  const record = recordBy(peerId(1), { visibility: "private", class: hexId<ClassId>(7, 64) });
  const { signal } = new AbortController();
  let asked = 0;
  finding.finder.ports.tracker.filePeers = () => Promise.reject(new Error(`asked ${++asked} times`));
  assert.deepEqual(await finding.finder.find(fileId(1), record, signal), []);
  assert.equal(asked, 0);
});
