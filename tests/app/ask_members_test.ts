import assert from "node:assert/strict";
import type { UserId } from "../../lib/core/ids.ts";
import type { Caller } from "../../lib/core/permission.ts";
import { CLASS_ID, codeOf, fileId, peerId, shareId, userId } from "../fakes.ts";
import {
  alice,
  aliceUser,
  anonymous,
  asker,
  epoch,
  file,
  jws,
  memberAs,
  searchFor,
  Tracker,
} from "./tracking_setup.ts";

const [reader, stranger] = [userId(5), userId(6)] as [UserId, UserId];
const LEASE = JSON.stringify({
  ...{ class: CLASS_ID, owner: alice, revision: 2 },
  ...{ at: "2026-01-02T03:04:05.678Z", until: "2026-01-03T03:04:05.678Z" },
});

/** Alice shares one file with a reader and one with the class, and gives leases. */
async function setup() {
  const tracker = new Tracker();
  const certificate = tracker.members.enrol(alice, aliceUser);
  const records = [file(1, { visibility: "private", allow: [reader] }), file(2, { visibility: "class" })];
  const { token } = await tracker.signed(alice, {
    ...{ records: jws(records), index: { epoch, from: 0, to: 2 }, lease: { lease: LEASE, certificate } },
  });
  const holding = { fileId: fileId(1), owner: alice, shareId: shareId(1), have: 1, of: 2 };
  return { tracker, certificate, records, token: token!, holding };
}

Deno.test("a reader gets the record, the certificate that proves it, and where it is answered over TLS", async () => {
  const { tracker, certificate, records } = await setup();
  const reply = tracker.ask.filePeers(fileId(1), undefined, memberAs(reader), asker);
  assert.deepEqual(reply.records, jws(records.slice(0, 1)));
  assert.deepEqual(reply.certificates, { [alice]: certificate });
  assert.deepEqual(reply.peers.map(({ peerId, user, memberPort, port }) => [peerId, user, memberPort, port]), [
    [alice, aliceUser, 5101, 5001],
  ]);
});

Deno.test("of public files a member is told who is in the class, anyone else is not", async () => {
  const { tracker, token } = await setup();
  await tracker.next(alice, token, { records: jws([file(3)]), index: { epoch, from: 2, to: 3 } });
  const peersFor = (caller: Caller) => tracker.ask.filePeers(fileId(3), undefined, caller, asker);
  assert.deepEqual([peersFor(anonymous).peers[0]?.user, peersFor(anonymous).peers[0]?.memberPort], [
    undefined,
    undefined,
  ]);
  assert.equal(peersFor(anonymous).certificates, undefined);
  assert.equal(peersFor(memberAs(stranger)).peers[0]?.user, aliceUser);
});

Deno.test("whoever says to hold what it may not read is neither listed nor counted", async (t) => {
  const holders: [string, UserId | undefined, number | undefined, boolean][] = [
    ["a reader", reader, 5101, true],
    ["another computer of the owner", aliceUser, 5101, true],
    ["a member who may not", stranger, 5101, false],
    ["somebody outside the class", undefined, undefined, false],
    ["a reader that answers no members", reader, undefined, false],
  ];
  for (const [name, user, memberPort, counts] of holders) {
    await t.step(name, async () => {
      const { tracker, holding } = await setup();
      const holder = peerId(0xd);
      if (user) tracker.members.enrol(holder, user);
      await tracker.signed(holder, {
        holdings: [holding],
        ...(memberPort ? { memberPort } : { memberPort: undefined }),
      });
      const peers = tracker.peersOf(1, undefined, memberAs(reader)).map(([peer]) => peer).sort();
      assert.deepEqual(peers, counts ? [alice, holder] : [alice]);
      const [found] = tracker.ask.search(searchFor({ q: "file 1" }), memberAs(reader)).results;
      const refs = [{ owner: alice, shareId: shareId(1) }];
      const [count] = tracker.ask.counts({ refs }, memberAs(reader)).counts;
      assert.deepEqual([found?.peers, count?.peers], counts ? [2, 2] : [1, 1]);
    });
  }
});

Deno.test("an owner that is there only over plain HTTP gives nobody what is not public", async () => {
  const { tracker } = await setup();
  const asAnyone: Caller = { kind: "anonymous", address: "10.0.0.10" };
  await tracker.signed(alice, { memberPort: undefined, index: { epoch, from: 2, to: 2 } });
  assert.deepEqual(tracker.peersOf(1, undefined, memberAs(reader)), []);
  await tracker.signed(alice, { index: { epoch, from: 2, to: 2 } }, asAnyone);
  assert.equal(
    await codeOf(Promise.resolve().then(() => tracker.peersOf(1, undefined, memberAs(reader)))),
    "not-found",
  );
});

Deno.test("what a removed computer owns nobody is shown any more, not even its own user, but its public files", async () => {
  const { tracker, token } = await setup();
  await tracker.next(alice, token, { records: jws([file(3)]), index: { epoch, from: 2, to: 3 } });
  tracker.members.revoked.add(alice);
  const refs = [1, 2, 3].map((number) => ({ owner: alice, shareId: shareId(number) }));
  for (const user of [reader, stranger, aliceUser]) {
    const caller = memberAs(user);
    assert.deepEqual(tracker.names("", caller), ["file 3.txt"]);
    assert.deepEqual(tracker.ask.counts({ refs }, caller).counts.map((count) => count !== null), [false, false, true]);
    for (const number of [1, 2]) {
      for (
        const ask of [
          () => tracker.peersOf(number, undefined, caller),
          () => tracker.peersOf(number, { owner: alice, shareId: shareId(number) }, caller),
          () => tracker.ask.file(fileId(number), caller, asker),
          () => tracker.ask.lease({ owner: alice, shares: [shareId(number)] }, caller),
        ]
      ) assert.throws(ask, { code: "not-found" });
    }
  }
});

Deno.test("the tracker gives an owner's lease with the records that the caller may read, as they are now", async () => {
  const { tracker, certificate, records, token } = await setup();
  const shares = [1, 2, 3].map(shareId);
  const leaseFor = (user: UserId) => tracker.ask.lease({ owner: alice, shares }, memberAs(user));
  assert.deepEqual(leaseFor(reader), { lease: LEASE, certificate, records: jws(records) });
  assert.deepEqual(leaseFor(stranger), { lease: LEASE, certificate, records: jws(records.slice(1)) });
  const unknown = tracker.ask.lease({ owner: alice, shares: [shareId(77)] }, memberAs(stranger));
  assert.deepEqual(tracker.ask.lease({ owner: alice, shares: [shareId(1)] }, memberAs(stranger)), unknown);
  const narrowed = file(1, { version: 2, visibility: "private" });
  await tracker.next(alice, token, { records: jws([narrowed]), index: { epoch, from: 2, to: 3 } });
  assert.deepEqual(leaseFor(reader).records, jws(records.slice(1)));
  tracker.index.takeDown({ fileId: fileId(2), name: "file 2.txt", at: 1 });
  assert.deepEqual(leaseFor(reader).records, []);
  for (const [owner, caller] of [[alice, anonymous], [peerId(77), memberAs(reader)]] as const) {
    assert.throws(() => tracker.ask.lease({ owner, shares }, caller), { code: "not-found" });
  }
});

Deno.test("of a share that the teacher took down, those who may read it are told that it is known and found by nobody", async () => {
  const { tracker } = await setup();
  tracker.index.takeDown({ fileId: fileId(1), name: "file 1.txt", at: 1 });
  const refs = [{ owner: alice, shareId: shareId(1) }];
  const counts = (caller: Caller) => tracker.ask.counts({ refs }, caller).counts;
  assert.deepEqual(counts(memberAs(reader)), [{ peers: 0, downloads: 0, down: true }]);
  for (const caller of [memberAs(stranger), anonymous]) assert.deepEqual(counts(caller), [null]);
});
