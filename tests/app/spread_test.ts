import assert from "node:assert/strict";
import type { EventStream } from "../../lib/app/event_streams.ts";
import type { StreamEvent } from "../../lib/core/stream_events.ts";
import { CHUNK, testFile } from "../fakes_download.ts";
import { ANYONE, Serving } from "./serving_setup.ts";

async function open(peer: Serving): Promise<EventStream> {
  const stream = peer.serve.streams.open(ANYONE);
  await stream.next();
  return stream;
}

/** What is waiting to be told. */
async function told(stream: EventStream): Promise<StreamEvent[]> {
  stream.tell({ kind: "choke" }); // so that there is something to hear in any case
  return (await stream.next())!.filter(({ kind }) => kind !== "choke");
}

Deno.test("two who want the same own file are each offered other chunks first", async () => {
  await using peer = await Serving.make();
  const file = testFile(8 * CHUNK);
  const { id } = file.manifest;
  await peer.share(file);
  const [ana, bob] = [await open(peer), await open(peer)];
  for (const { id: stream } of [ana, bob]) peer.serve.have(id, ANYONE, stream);
  const offered = [...await told(ana), ...await told(bob)].map((event) => event.kind === "offer" && event.chunks);
  assert.equal(offered.length, 2);
  assert.notDeepEqual(offered[0], offered[1]);
});

Deno.test("who asks for very many files is waited for in none that its stream has forgotten", async () => {
  await using peer = await Serving.make();
  const files = Array.from({ length: 65 }, (_, n) => testFile(2 * CHUNK + n));
  for (const file of files) await peer.share(file);
  const [greedy, bob] = [await open(peer), await open(peer)];
  for (const { manifest } of files) peer.serve.have(manifest.id, ANYONE, greedy.id);
  const ask = async (n: number) => {
    peer.serve.have(files[n]!.manifest.id, ANYONE, bob.id);
    return (await told(bob)).length;
  };
  assert.equal(await ask(64), 1, "bob is not the only one");
  assert.equal(await ask(0), 0, "bob is");
});
