import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { freeSlots, until } from "../fakes_download.ts";
import { random, Sharer, SLOTS } from "./sharer.ts";

const LARGE = 48 * 1024 * 1024;
for (
  const [how, change] of [
    ["edited", async (path: string) => {
      using file = await Deno.open(path, { write: true });
      await file.seek(LARGE - 1, Deno.SeekMode.Start);
      await file.write(new Uint8Array([1]));
    }],
    ["truncated", (path: string) => Deno.truncate(path, LARGE / 2)],
  ] as const
) {
  Deno.test(`a file that is ${how} in the middle of a transfer breaks off, and is a 404 afterwards`, async () => {
    await using sharer = await Sharer.make();
    const other = await sharer.share("other", random(5));
    const { id, path } = await sharer.share("film", new Uint8Array(LARGE));
    const response = await fetch(`${sharer.url}/files/${id}/content`);
    const reader = response.body!.getReader();
    let received = (await reader.read()).value!.length;
    await change(path);
    await assert.rejects(async () => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        received += value.length;
      }
    });
    assert.ok(received < LARGE);
    assert.ok(sharer.changed.includes(path));
    assert.equal((await sharer.get(`/files/${id}/content`)).status, 404);
    await until(async () => await freeSlots(sharer.serve, other.id) === SLOTS, "its slot is free");
  });
}

Deno.test("a file that is deleted in the middle of a transfer is sent as it was, and is a 404 afterwards", async () => {
  await using sharer = await Sharer.make();
  const { id, path } = await sharer.share("film", new Uint8Array(LARGE));
  const response = await fetch(`${sharer.url}/files/${id}/content`);
  const reader = response.body!.getReader();
  await reader.read();
  await Deno.remove(path);
  let rest = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) rest += next.value.length;
  assert.ok(rest > 0);
  assert.equal((await sharer.get(`/files/${id}/chunks/0`)).status, 404);
});

Deno.test("a client that goes away frees its slot", async () => {
  await using sharer = await Sharer.make();
  const { id } = await sharer.share("film", new Uint8Array(LARGE));
  const response = await fetch(`${sharer.url}/files/${id}/content`);
  assert.equal(await freeSlots(sharer.serve, id), SLOTS - 1);
  await response.body!.cancel();
  await until(async () => await freeSlots(sharer.serve, id) === SLOTS, "its slot is free");
});

Deno.test("eight downloads at once by slow and fast readers each get their own bytes", async () => {
  await using sharer = await Sharer.make();
  const files = await Promise.all(
    Array.from({ length: 8 }, async (_, i) => {
      const bytes = random(9 * 1024 * 1024 + i * 1_000);
      return { sum: createHash("sha256").update(bytes).digest("hex"), content: await sharer.share(`film ${i}`, bytes) };
    }),
  );
  const quickOnes = Promise.withResolvers<void>();
  let left = 4;
  const sums = await Promise.all(files.map(async ({ content }, i) => {
    const response = await fetch(`${sharer.url}/files/${content.id}/content`);
    const hash = createHash("sha256");
    const isSlow = i % 2 === 0;
    let reads = 0;
    for await (const piece of response.body!) {
      hash.update(piece);
      // Slow ones stop in the middle until the fast ones are done, then read in small steps.
      if (isSlow && ++reads === 3 + i) await quickOnes.promise;
      if (isSlow && reads % 16 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    if (!isSlow && --left === 0) quickOnes.resolve();
    return hash.digest("hex");
  }));
  assert.deepEqual(sums, files.map(({ sum }) => sum));
  await until(async () => await freeSlots(sharer.serve, files[0]!.content.id) === SLOTS, "all slots are free");
});
