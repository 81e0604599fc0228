import assert from "node:assert/strict";
import { contentReader } from "../../lib/adapters/content_reader.ts";
import { generation } from "../../lib/adapters/peer_database.ts";
import { ServeFiles } from "../../lib/app/serve_file.ts";
import type { FileId, UserId } from "../../lib/core/ids.ts";
import type { Caller } from "../../lib/core/permission.ts";
import type { LiveRecord } from "../../lib/core/share_record.ts";
import { Throttle } from "../../lib/core/throttle.ts";
import { codeOf, recordBy, shareId, userId } from "../fakes.ts";
import { CHUNK, honest, stalls, type TestFile, testFile, until } from "../fakes_download.ts";
import { Downloading, OWNER, SELF } from "./downloads_setup.ts";
import { ANYONE, member } from "./serving_setup.ts";

/** Whoever knows the id of a hidden file may share it as well; those who then fetch it from there give nobody what they had before. */

const [alice, me] = [1, 2].map(userId) as [UserId, UserId];
const HIDDEN: Partial<LiveRecord> = { visibility: "private", allow: [me] };

function serving(peer: Downloading): (file: FileId, caller: Caller) => Promise<boolean> {
  const { records, contents, clock, log, downloads } = peer;
  const serve = new ServeFiles({
    ...{ records, contents, clock, log, reader: contentReader(), generation: generation(peer.db) },
    ...{
      throttle: new Throttle({ all: Infinity, perPeer: Infinity }, 0),
      uploadSlots: 10,
      onChanged: () => {},
      isRevoked: () => false,
    },
    refresh: () => Promise.resolve(),
    self: SELF,
    openPart: (file, shares) => downloads.openPart(file, shares),
    isWhole: (share) => downloads.isWhole(share),
  });
  return async (file, caller) => {
    const code = await codeOf(serve.chunks(file, 0, 0, caller).then((body) => body.close()));
    assert.ok(code === undefined || code === "not-found");
    return code === undefined;
  };
}

/** Somebody who only knows its id and size shares the same content with everybody, under an enticing name. */
function shareAgain(peer: Downloading, { manifest: { id } }: TestFile): void {
  const { size, kind, total, sha256 } = peer.shared.get(id)!;
  const bait = recordBy(OWNER, { name: "cats", fileId: id, size, kind, shareId: shareId(77) });
  peer.shared.set(id, { ...bait, sha256, ...total && { total } });
}

/** This user takes the bait. */
function addAgain(peer: Downloading, { manifest }: TestFile) {
  return peer.downloads.add({ fileId: manifest.id, shareId: shareId(77) }, new AbortController().signal);
}

Deno.test("a hidden file that is here is not given under another share of it, until it was fetched under that one", async () => {
  await using peer = await Downloading.make();
  peer.users.set(1, alice);
  const file = peer.share("exam", testFile(3 * CHUNK), HIDDEN);
  const { id } = file.manifest;
  await peer.fetch(file);
  const gives = serving(peer);
  assert.equal(await gives(id, ANYONE), false);
  shareAgain(peer, file);
  const source = peer.network.sources.get(1)!;
  let asked = 0;
  source.behaviour = (request) => (asked++, stalls(request));
  const { id: again } = await addAgain(peer, file);
  await until(() => asked > 0, "it is under way");
  assert.equal(await gives(id, member(5)), false, "nothing of it came");
  assert.equal(await gives(id, ANYONE), false);
  await peer.downloads.pause(again);
  assert.equal(await gives(id, ANYONE), false);
  source.behaviour = honest;
  peer.downloads.resume(again);
  await peer.reaches(again, "complete");
  assert.equal(await gives(id, ANYONE), true, "it came from where anyone gets it");
});

Deno.test("a hidden folder that is here is not given under another share of it, nor are its files", async () => {
  await using peer = await Downloading.make();
  peer.users.set(1, alice);
  const [small, large] = [testFile(10, 1), testFile(20 * CHUNK, 2)];
  const folder = peer.shareFolder("exams", { "a.txt": small, "b.bin": large }, HIDDEN);
  await peer.fetch(folder);
  const gives = serving(peer);
  const ids = [folder, small, large].map(({ manifest }) => manifest.id);
  shareAgain(peer, folder);
  let asked = 0;
  peer.network.sources.get(1)!.behaviour = (request) => (asked++, stalls(request));
  const { id: again } = await addAgain(peer, folder);
  await until(() => asked > 0, "it is under way");
  for (const id of ids) assert.equal(await gives(id, ANYONE), false);
  peer.network.sources.get(1)!.behaviour = honest;
  await peer.downloads.pause(again);
  peer.downloads.resume(again);
  await peer.reaches(again, "complete");
  for (const id of ids) assert.equal(await gives(id, ANYONE), true);
});

Deno.test("a share that was fetched and has the id of a hidden file in its next version gives nothing of that", async () => {
  await using peer = await Downloading.make();
  peer.users.set(1, alice);
  const [hidden, harmless] = [peer.share("exam", testFile(3 * CHUNK, 1), HIDDEN), testFile(2 * CHUNK, 2)];
  await peer.fetch(hidden);
  peer.share("cats", harmless, { shareId: shareId(77) });
  await peer.fetch(harmless);
  const gives = serving(peer);
  assert.equal(await gives(harmless.manifest.id, ANYONE), true);
  shareAgain(peer, hidden);
  peer.shared.set(hidden.manifest.id, { ...peer.shared.get(hidden.manifest.id)!, version: 2 });
  let asked = 0;
  peer.network.sources.get(1)!.behaviour = (request) => (asked++, stalls(request));
  await addAgain(peer, hidden);
  await until(() => asked > 0, "it is under way");
  assert.equal(await gives(hidden.manifest.id, ANYONE), false);
});
