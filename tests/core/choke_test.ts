import assert from "node:assert/strict";
import fc from "fast-check";
import { Choker, type Upload } from "../../lib/core/choke.ts";

const LIMITS = { slots: 3, most: 6, perAddress: 4 };
const slots = () => new Choker<string>(LIMITS);

Deno.test("one asker alone has several uploads, but leaves a slot to whoever comes", () => {
  const choker = slots();
  for (let n = 0; n < 4; n++) assert.ok(choker.begin("ana", true, 0));
  assert.equal(choker.begin("ana", true, 0), undefined);
  assert.ok(choker.begin("bob", true, 0));
});

Deno.test("who is choked gets the next slot, in turn, and it is kept for a moment", () => {
  const choker = slots();
  const [first] = ["ana", "bob", "carl"].map((asker) => choker.begin(asker, true, 0)!);
  for (const asker of ["dora", "emil"]) assert.equal(choker.begin(asker, true, 1), undefined);
  assert.deepEqual(choker.unchoke(2), []);
  choker.end(first!);
  assert.deepEqual(choker.unchoke(3), ["dora"]);
  assert.equal(choker.begin("ana", true, 4), undefined, "the slot is dora's");
  assert.ok(choker.begin("dora", true, 5));
});

Deno.test("a slot that is not used goes to the next one", () => {
  const choker = slots();
  const uploads = ["ana", "bob", "carl"].map((asker) => choker.begin(asker, true, 0)!);
  for (const asker of ["dora", "emil"]) choker.begin(asker, true, 1);
  choker.end(uploads[0]!);
  assert.deepEqual(choker.unchoke(2), ["dora"]);
  assert.deepEqual(choker.unchoke(1_000), ["emil"]);
  choker.leave("emil");
  assert.ok(choker.begin("fritz", true, 1_001));
});

Deno.test("while others wait, nobody gets a second upload", () => {
  const choker = slots();
  const uploads = ["ana", "bob", "carl"].map((asker) => choker.begin(asker, true, 0)!);
  choker.begin("dora", true, 0);
  choker.end(uploads[0]!);
  assert.equal(choker.begin("bob", true, 1), undefined);
});

Deno.test("an upload that its receiver holds up takes no slot from others", () => {
  const choker = slots();
  const uploads = ["ana", "bob", "slow"].map((asker) => choker.begin(asker, true, 0)!);
  assert.equal(choker.begin("carl", true, 1), undefined);
  for (const upload of uploads) upload.bytes = upload.asker === "slow" ? 1_000 : 1_000_000;
  assert.deepEqual(choker.unchoke(1_000), ["carl"]);
});

Deno.test("uploads of which nothing moves take no slot from others, though all of them stand still", () => {
  const choker = slots();
  const uploads = ["ana", "bob", "carl"].map((asker) => choker.begin(asker, true, 0)!);
  for (const upload of uploads) upload.bytes = 1_000_000;
  assert.equal(choker.begin("dora", true, 1_000), undefined);
  assert.equal(choker.begin("emil", true, 1_000), undefined);
  assert.deepEqual(choker.unchoke(6_000), ["dora", "emil"]);
});

Deno.test("in any order: never more uploads than allowed, and everybody who keeps asking is served", () => {
  const steps = fc.array(fc.record({ who: fc.nat(9), kind: fc.constantFrom("ask", "end", "leave"), ms: fc.nat(400) }));
  fc.assert(fc.property(steps, (script) => {
    const choker = slots();
    const uploads: Upload<string>[] = [];
    let now = 0;
    const ask = (who: number) => {
      const upload = choker.begin(`${who}`, true, now);
      if (upload) uploads.push(upload);
      assert.ok(uploads.length <= LIMITS.most);
      return upload;
    };
    const end = () => {
      const upload = uploads.shift();
      if (upload) choker.end(upload);
    };
    for (const { who, kind, ms } of script) {
      if (kind === "ask") ask(who);
      else if (kind === "end") end();
      else choker.leave(`${who}`);
      choker.unchoke(now += ms);
    }
    const unserved = new Set(Array.from({ length: 10 }, (_, who) => who));
    for (let turn = 0; turn < 100 && unserved.size > 0; turn++) {
      for (const who of unserved) if (ask(who)) unserved.delete(who);
      end();
      choker.unchoke(now += 100);
    }
    assert.equal(unserved.size, 0);
  }));
});

Deno.test("few are served at first, more the more were served, and few again after nobody asked for a while", () => {
  const choker = new Choker<string>({ slots: 5, most: 10, perAddress: 4 });
  let now = 0;
  const served = () => {
    const uploads = ["ana", "bob", "carl", "dora", "emil", "fritz"].flatMap((who) =>
      choker.begin(who, true, now) ?? []
    );
    for (const upload of uploads) {
      choker.end(upload);
      choker.leave(upload.asker);
    }
    for (const who of ["dora", "emil", "fritz"]) choker.leave(who);
    return uploads.length;
  };
  assert.deepEqual([served(), served(), served(), served(), served()], [3, 3, 4, 5, 5]);
  now = 9_999;
  assert.equal(served(), 5);
  now += 10_000;
  assert.equal(served(), 3);
});

Deno.test("where whoever is unchoked takes long to come, slots are kept for longer", () => {
  const choker = slots();
  const uploads = ["ana", "bob", "carl"].map((asker) => choker.begin(asker, true, 0)!);
  for (const asker of ["dora", "emil", "fritz"]) choker.begin(asker, true, 1);
  choker.end(uploads[0]!);
  assert.deepEqual(choker.unchoke(100), ["dora"]);
  assert.deepEqual(choker.unchoke(200), ["emil"], "dora's way was too long");
  assert.equal(choker.begin("dora", true, 250), undefined);
  assert.deepEqual(choker.unchoke(300), ["fritz"]);
  assert.deepEqual(choker.unchoke(500), [], "now a slot is kept for 300 ms");
  assert.ok(choker.begin("fritz", true, 550));
});

Deno.test("who asks under many names takes turns as one", () => {
  const choker = new Choker<string>({ slots: 2, most: 6, perAddress: 4 }, (asker) => asker[0]);
  const uploads = ["x1", "x2"].map((asker) => choker.begin(asker, true, 0)!);
  for (const asker of ["x3", "x4", "x5", "ana", "bob"]) assert.equal(choker.begin(asker, true, 1), undefined);
  choker.end(uploads[0]!);
  assert.deepEqual(choker.unchoke(2), ["ana"]);
  choker.end(choker.begin("ana", true, 3)!);
  assert.deepEqual(choker.unchoke(4), ["bob"]);
  choker.end(uploads[1]!);
  assert.deepEqual(choker.unchoke(5), ["x3"]);
});

Deno.test("who asks from an address that has its share waits in line, and is told when a place there is free", () => {
  const choker = new Choker<string>({ slots: 4, most: 6, perAddress: 2 }, (asker) => asker, (asker) => asker[0]);
  const [first] = ["x1", "x2"].map((asker) => choker.begin(asker, true, 0)!);
  assert.equal(choker.begin("x3", true, 1), undefined);
  assert.ok(choker.isWaiting("x3"));
  assert.deepEqual(choker.unchoke(2), [], "places at other addresses are not for it");
  for (let n = 0; n < 2; n++) assert.ok(choker.begin("ana", true, 3), "nor does it hold others up");
  choker.end(first!);
  assert.deepEqual(choker.unchoke(4), ["x3"]);
  assert.deepEqual(choker.unchoke(5), []);
  for (const streamed of [true, false]) assert.equal(choker.begin("x4", streamed, 6), undefined, "it is kept for x3");
  assert.ok(choker.begin("x3", true, 6));
  assert.equal(choker.begin("x5", false, 7), undefined, "without a stream neither");
});

Deno.test("who was choked stays in line though a request that it made before is served", () => {
  const choker = new Choker<string>({ slots: 4, most: 8, perAddress: 2 });
  const [first, second] = ["x", "x"].map((asker) => choker.begin(asker, true, 0)!);
  assert.equal(choker.begin("x", true, 1), undefined);
  choker.end(first!);
  const late = choker.begin("x", true, 2);
  assert.ok(late);
  for (const upload of [second!, late]) choker.end(upload);
  assert.deepEqual(choker.unchoke(3), ["x"]);
});
