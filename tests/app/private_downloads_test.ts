import assert from "node:assert/strict";
import type { DownloadsPorts } from "../../lib/app/downloads.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { ClassId, PeerId, UserId } from "../../lib/core/ids.ts";
import type { LiveRecord } from "../../lib/core/share_record.ts";
import { codeOf, peerId, userId } from "../fakes.ts";
import { CHUNK, honest, stalls, type TestFile, testFile, until } from "../fakes_download.ts";
import { Downloading, OWNER } from "./downloads_setup.ts";

const [owner, me, reader, stranger] = [1, 2, 3, 4].map(userId) as [UserId, UserId, UserId, UserId];

/** Downloads of what is for some people of the class; `access`: whether the owner still shows it to this user. */
async function setup(options: Partial<DownloadsPorts> = {}) {
  const access = { isGiven: true, confirmed: 0 };
  const peer = await Downloading.make({
    leases: {
      confirm(record) {
        access.confirmed++;
        if (access.isGiven) return Promise.resolve();
        peer.records.dropForeign(record);
        return Promise.reject(new EssaimError("access-ended", "Its owner no longer shares it with you."));
      },
    },
    ...options,
  });
  peer.users.set(1, owner);
  const end = () => {
    access.isGiven = false;
    peer.shared.clear();
  };
  return { peer, access, end };
}

const PRIVATE: Partial<LiveRecord> = { visibility: "private", allow: [me, reader] };

Deno.test("a file that is not public is asked for over TLS, of its owner and its readers, and of nobody else", async (t) => {
  for (const how of ["named by the tracker", "met before"]) {
    await t.step(how, async () => {
      const { peer } = await setup();
      await using _ = peer;
      const others: [number, UserId | undefined][] = [[2, reader], [3, stranger], [4, undefined], [5, reader], [
        6,
        owner,
      ]];
      for (const [number, user] of others) {
        peer.network.add(number);
        if (user) peer.users.set(number, user);
      }
      peer.members.revoked.add(peerId(5));
      const file = peer.share("film", testFile(20 * CHUNK), PRIVATE);
      let given = 0;
      for (const source of peer.network.sources.values()) {
        source.behaviour = (request) => ++given > 4 ? stalls(request) : honest(request);
      }
      const { id } = await peer.add(file);
      await until(() => given > 4, "it is under way");
      if (how === "met before") {
        await peer.downloads.pause(id);
        peer.isTrackerAway = true;
        peer.network.reached.length = 0;
        peer.downloads.resume(id);
      }
      for (const source of peer.network.sources.values()) source.behaviour = honest;
      await peer.downloads.pause(id);
      peer.downloads.resume(id);
      await peer.reaches(id, "complete");
      const asked = new Set(peer.network.reached.map(({ port }) => port));
      assert.ok([...asked].every((number) => [1, 2, 6].includes(number)), [...asked].join());
      assert.ok(asked.size > 1);
      for (const { secure, port } of peer.network.reached) assert.equal(secure, peerId(port));
    });
  }
});

Deno.test("a file for the class is asked for of any member, never over plain HTTP, a public one of anybody", async () => {
  const { peer } = await setup();
  await using _ = peer;
  for (const number of [2, 3]) peer.network.add(number);
  peer.users.set(2, stranger);
  await peer.fetch(peer.share("class", testFile(20 * CHUNK, 1), { visibility: "class" }));
  const ports = () => [...new Set(peer.network.reached.map(({ port }) => port))].sort();
  assert.deepEqual(ports(), [1, 2]);
  assert.ok(peer.network.reached.every(({ secure }) => secure !== undefined));
  peer.network.reached.length = 0;
  await peer.fetch(peer.share("public", testFile(20 * CHUNK, 2)));
  assert.deepEqual(ports(), [1, 2, 3]);
  assert.ok(peer.network.reached.every(({ secure }) => secure === undefined));
});

Deno.test("a record that its owner's certificate does not prove is not fetched", async (t) => {
  const forged: [string, Partial<LiveRecord>, ((peer: Downloading) => void)?][] = [
    ["of another user", { user: reader }],
    ["of another class", { class: "f".repeat(64) as never }],
    ["of a removed owner", {}, (peer) => peer.members.revoked.add(OWNER)],
    ["without certificate", {}, (peer) => peer.users.delete(1)],
  ];
  for (const [name, changes, change] of forged) {
    await t.step(name, async () => {
      const { peer } = await setup();
      await using _ = peer;
      const file = peer.share("film", testFile(CHUNK), { ...PRIVATE, ...changes });
      change?.(peer);
      assert.equal(await codeOf(peer.add(file)), "not-found");
      assert.deepEqual([peer.downloads.list(), peer.network.reached], [[], []]);
    });
  }
});

/** Something that is not public, of which some has come. */
const KINDS: [string, (peer: Downloading) => TestFile][] = [
  ["file", (peer) => peer.share("film", testFile(20 * CHUNK), PRIVATE)],
  [
    "folder",
    (peer) => peer.shareFolder("film", { "a.txt": testFile(10, 2), "large": testFile(20 * CHUNK, 3) }, PRIVATE),
  ],
];
async function begun(peer: Downloading, file: TestFile): Promise<string> {
  let given = 0;
  const source = peer.network.sources.get(1)!;
  source.behaviour = (request) => given++ < 3 ? honest(request) : stalls(request);
  const { id } = await peer.add(file);
  await until(() => given > 3, "some of it has come");
  return id;
}

for (const [kind, share] of KINDS) {
  Deno.test(`a ${kind} that is no longer for this user stops with the reason, and nothing has its final name`, async () => {
    const { peer, end } = await setup();
    await using _ = peer;
    const file = share(peer);
    const id = await begun(peer, file);
    end();
    await peer.reaches(id, "failed");
    const { why, reason } = peer.downloads.get(id);
    assert.deepEqual(why, { code: "access-ended" });
    assert.match(reason!, /no longer shares it with you/);
    assert.ok(!(await peer.names()).includes("film"));
    assert.deepEqual([peer.records.granting(file.manifest.id), peer.downloads.holdings()], [[], []]);
  });

  Deno.test(`a ${kind} of the class before is not asked for in the class joined next`, async () => {
    const { peer, end } = await setup();
    await using _ = peer;
    const file = share(peer);
    const id = await begun(peer, file);
    end();
    await peer.reaches(id, "failed");
    let asked = 0;
    const { filePeers } = peer.tracker;
    peer.tracker.filePeers = (...request) => (asked++, filePeers(...request));
    peer.members.id = "e".repeat(64) as ClassId;
    await peer.restart();
    peer.downloads.resume(id);
    await peer.reaches(id, "failed");
    assert.deepEqual([asked, peer.downloads.get(id).why], [0, { code: "access-ended" }]);
  });

  Deno.test(`a ${kind} goes on from where it was when access is given again, and not before`, async () => {
    const { peer, access, end } = await setup();
    await using _ = peer;
    const file = share(peer);
    const shared = [...peer.shared];
    const id = await begun(peer, file);
    end();
    await peer.reaches(id, "failed");
    peer.network.reached.length = 0;
    const { done } = peer.downloads.get(id);
    peer.downloads.resume(id);
    await peer.reaches(id, "failed");
    assert.deepEqual(peer.downloads.get(id).why, { code: "access-ended" });
    assert.deepEqual(peer.network.reached, [], "nobody is asked for what may not be read");
    access.isGiven = true;
    for (const [id, record] of shared) peer.shared.set(id, { ...record, version: 3 });
    peer.network.sources.get(1)!.behaviour = honest;
    peer.downloads.resume(id);
    await peer.reaches(id, "complete");
    assert.ok(done > 0);
    assert.deepEqual(await peer.names(), ["film"]);
    assert.ok(peer.network.reached.every(({ secure }) => secure === OWNER));
    assert.equal(peer.records.granting(file.manifest.id)[0]?.version, 3);
  });

  Deno.test(`a ${kind} whose access ended while this computer was off stops at its next start`, async () => {
    const { peer, end } = await setup();
    await using _ = peer;
    const id = await begun(peer, share(peer));
    await peer.restart(end);
    await peer.reaches(id, "failed");
    assert.deepEqual(peer.downloads.get(id).why, { code: "access-ended" });
    await peer.restart(() => void peer.network.reached.splice(0));
    peer.downloads.resume(id);
    await peer.reaches(id, "failed");
    assert.deepEqual(peer.downloads.get(id).why, { code: "access-ended" });
    assert.deepEqual(peer.network.reached, []);
  });

  Deno.test(`a ${kind} that gets other readers while it comes is fetched and given on under the newer record`, async () => {
    const { peer } = await setup({
      leases: {
        confirm({ owner, shareId }) {
          const known = peer.records.get({ owner, shareId })!.record as LiveRecord;
          if (known.version > 2) return Promise.resolve();
          const record = { ...known, version: 3, allow: [me] };
          const proof = { key: peer.records.keyOf(owner)! };
          peer.records.putForeign({ record, jws: JSON.stringify(record) }, proof, [record.fileId]);
          return Promise.resolve();
        },
      },
    });
    await using _ = peer;
    const file = share(peer);
    await peer.fetch(file);
    const [record] = peer.records.granting(file.manifest.id);
    assert.deepEqual([record?.version, record?.allow], [3, [me]]);
    if (kind === "folder") assert.equal(peer.records.granting(testFile(10, 2).manifest.id)[0]?.version, 3);
  });
}

Deno.test("a public file that its owner makes private while it comes goes on over TLS only", async () => {
  const { peer } = await setup();
  await using _ = peer;
  const file = peer.share("film", testFile(20 * CHUNK));
  const id = await begun(peer, file);
  await peer.downloads.pause(id);
  const [known] = peer.records.granting(file.manifest.id);
  const { until: _until, ...record } = { ...known!, ...PRIVATE, version: 2, user: owner, class: peer.members.id };
  peer.records.putForeign({ record, jws: JSON.stringify(record) }, { key: peer.records.keyOf(OWNER)! }, [
    record.fileId,
  ]);
  peer.network.reached.length = 0;
  peer.network.sources.get(1)!.behaviour = honest;
  peer.downloads.resume(id);
  await peer.reaches(id, "complete");
  assert.ok(peer.network.reached.length > 0);
  assert.ok(peer.network.reached.every(({ secure }) => secure === (OWNER as PeerId)));
});

Deno.test("the owner is asked whether access still stands while a download goes on, and never for a public one", async () => {
  const { peer, access } = await setup();
  await using _ = peer;
  await peer.fetch(peer.share("public", testFile(20 * CHUNK, 1)));
  assert.equal(access.confirmed, 0);
  await peer.fetch(peer.share("private", testFile(20 * CHUNK, 2), PRIVATE));
  assert.ok(access.confirmed > 0);
});
