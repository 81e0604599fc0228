import assert from "node:assert/strict";
import fc from "fast-check";
import type { FileId } from "../../lib/core/ids.ts";
import { Offers } from "../../lib/core/offers.ts";

const MIB = 1024 * 1024;

function offers(chunks: number): Offers<string> {
  return new Offers({ id: "a".repeat(64) as FileId, size: chunks * MIB, chunkSize: MIB });
}

function send(to: string, chunk: number, of: Offers<string>): void {
  of.begun(to, chunk);
  of.ended(to, chunk, true);
}

Deno.test("a single asker may ask for everything", () => {
  const file = offers(8);
  file.join("ana");
  assert.equal(file.due().size, 0);
});

Deno.test("several askers are offered different chunks, and more as they ask", () => {
  const file = offers(8);
  for (const asker of ["ana", "bob", "carl"]) file.join(asker);
  const first = file.due();
  const all = [...first.values()].flatMap((chunks) => chunks!);
  assert.equal(all.length, 6);
  assert.equal(new Set(all).size, 6);
  for (const chunk of first.get("ana")!) send("ana", chunk, file);
  assert.deepEqual([...file.due()], [["ana", [6, 7]]]);
});

Deno.test("what one asker leaves lying is offered to others when nothing else is left, and taken off once it was sent", () => {
  const file = offers(2);
  file.join("ana");
  file.join("bob");
  assert.deepEqual([...file.due()], [["ana", [0, 1]], ["bob", [0]]]);
  send("bob", 0, file);
  assert.deepEqual([...file.due()], [["ana", [1]], ["bob", [1]]]);
});

Deno.test("a chunk that went only to somebody who left is offered again", () => {
  const file = offers(4);
  for (const asker of ["ana", "bob", "carl"]) file.join(asker);
  file.due();
  send("ana", 0, file);
  for (const chunk of [2, 3]) send("bob", chunk, file);
  file.leave("ana");
  const offered = [...file.due().values()].flatMap((chunks) => chunks!);
  assert.ok(offered.includes(0) && offered.includes(1));
  assert.ok(!offered.includes(2));
});

Deno.test("once each chunk was sent, all may ask for everything", () => {
  const file = offers(3);
  file.join("ana");
  file.join("bob");
  file.due();
  for (const chunk of [0, 1]) send("ana", chunk, file);
  file.begun("bob", 2);
  file.due();
  assert.ok(!file.complete, "the last one is on its way");
  file.ended("bob", 2, true);
  assert.deepEqual([...file.due()], [["ana", undefined], ["bob", undefined]]);
  file.join("carl");
  assert.equal(file.due().size, 0);
});

Deno.test("of what one asker alone was sent, all is offered to the others when it leaves, whatever was offered meanwhile", () => {
  const file = offers(6);
  file.join("ana");
  for (const chunk of [0, 1, 2, 5]) send("ana", chunk, file);
  for (const asker of ["bob", "carl"]) file.join(asker);
  assert.deepEqual([...file.due()], [["ana", [3, 4]], ["bob", [3]], ["carl", [4]]]);
  file.leave("ana");
  const known = new Map(file.due());
  for (let turn = 0; turn < 6 && !file.complete; turn++) {
    for (const asker of ["bob", "carl"]) {
      const [chunk, ...rest] = known.get(asker) ?? [];
      if (chunk === undefined) continue;
      known.set(asker, rest);
      send(asker, chunk, file);
      for (const [who, offer] of file.due()) known.set(who, offer);
    }
  }
  assert.ok(file.complete);
});

Deno.test("whoever comes, goes, asks and breaks off: no chunk is sent twice while another was never offered, and all are sent", () => {
  const steps = fc.array(
    fc.record({ kind: fc.constantFrom("join", "leave", "send", "break"), who: fc.nat(4), at: fc.nat(20) }),
    { maxLength: 80 },
  );
  fc.assert(fc.property(fc.integer({ min: 1, max: 20 }), steps, (chunks, script) => {
    const file = offers(chunks);
    const known = new Map<string, readonly number[] | undefined>();
    const holders = new Map<number, Set<string>>();
    const act = (kind: string, who: string, at: number) => {
      if (kind === "join") {
        if (!known.has(who)) known.set(who, undefined);
        file.join(who);
      } else if (kind === "leave") {
        file.leave(who);
        known.delete(who);
        if (!file.complete) { for (const whose of holders.values()) whose.delete(who); }
      } else if (known.get(who)?.length) {
        const offer = known.get(who)!;
        const chunk = offer[at % offer.length]!;
        known.set(who, offer.filter((other) => other !== chunk));
        file.begun(who, chunk);
        file.ended(who, chunk, kind === "send");
        assert.ok(!holders.get(chunk)?.size, `chunk ${chunk} is offered although somebody has it`);
        if (kind === "send") holders.set(chunk, new Set([who]));
      }
      for (const [asker, offer] of file.due()) known.set(asker, offer);
    };
    for (const { kind, who, at } of script) act(kind, `${who}`, at);
    for (const who of ["0", "1"]) act("join", who, 0);
    for (let turn = 0; turn < 2 * chunks + 10 && !file.complete; turn++) {
      for (const who of known.keys()) act("send", who, turn);
    }
    assert.ok(file.complete);
  }));
});
