import assert from "node:assert/strict";
import { desktop } from "../../lib/adapters/desktop.ts";
import { folderReader } from "../../lib/adapters/folder_reader.ts";
import { FinishedFiles } from "../../lib/app/finished_files.ts";
import { CHUNK, stalls, testFile } from "../fakes_download.ts";
import { codeOf } from "../fakes.ts";
import { Downloading } from "./downloads_setup.ts";

function finishedOf(peer: Downloading) {
  const shown: string[] = [];
  const run = (_program: string, args: readonly string[]) =>
    Promise.resolve(void shown.push(args.join())).then(() => 0);
  const finished = new FinishedFiles({
    downloads: peer.downloads,
    folders: folderReader({ ignore: [], log: peer.log }),
    desktop: desktop({ os: "darwin", hasScreen: true, run }),
  });
  return { finished, shown };
}

Deno.test("a complete file is given as it lies on the disk, under the name it has there", async () => {
  await using peer = await Downloading.make();
  await Deno.mkdir(peer.out);
  await Deno.writeTextFile(`${peer.out}/notes.pdf`, "mine");
  const file = peer.share("notes.pdf", testFile(10));
  await peer.fetch(file);
  const [{ id } = { id: "" }] = peer.downloads.list();
  const { finished } = finishedOf(peer);
  const { name, size, body } = await finished.content(id);
  assert.deepEqual([name, size], ["notes (2).pdf", 10]);
  assert.deepEqual(new Uint8Array(await new Response(body).arrayBuffer()), file.bytes);
  await Deno.remove(`${peer.out}/notes (2).pdf`);
  assert.equal(await codeOf(finished.content(id)), "not-found");
  assert.equal(await codeOf(finished.reveal(id)), "not-found");
});

Deno.test("what is not complete, or a folder, has no content, but its place can be shown", async () => {
  await using peer = await Downloading.make();
  peer.network.sources.get(1)!.behaviour = (request) => stalls(request);
  const { id } = await peer.add(peer.share("film", testFile(2 * CHUNK)));
  const { finished, shown } = finishedOf(peer);
  assert.equal(await codeOf(finished.content(id)), "conflict");
  await finished.reveal(id);
  peer.network.sources.get(1)!.behaviour = undefined;
  const path = await peer.fetch(peer.shareFolder("photos", { "a.jpg": testFile(5) }));
  const [folder] = peer.downloads.list();
  assert.equal(await codeOf(finished.content(folder!.id)), "conflict");
  await finished.reveal(folder!.id);
  assert.deepEqual(shown, [peer.out, `-R,${path}`]);
  await assert.rejects(finished.reveal("0".repeat(16)), { code: "not-found" });
});
