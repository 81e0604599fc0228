import assert from "node:assert/strict";
import { computed, type ReadonlySignal, Signal, signal } from "@preact/signals";
import fc from "fast-check";
import { parseProps, serializeProps } from "../../lib/fresh/src/island_props.ts";

// deno-lint-ignore no-explicit-any -- whatever was sent
const sent = (value: unknown): any => parseProps(serializeProps(value));

const values = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.string({ unit: "binary" }),
    fc.double(),
    fc.constantFrom(undefined, null, true, false, -0, /a\/<b>/giu, new URL("http://localhost/é?<")),
    fc.bigInt(),
    fc.date(),
    fc.uint8Array(),
  ),
  value: fc.oneof(
    { depthSize: "small" },
    tie("leaf"),
    fc.array(tie("value")),
    fc.dictionary(fc.string({ unit: "binary" }).filter((key) => key !== "__proto__"), tie("value"), {
      noNullPrototype: true,
    }),
    fc.array(tie("value")).map((items) => new Set(items)),
    fc.array(fc.tuple(tie("leaf"), tie("value"))).map((items) => new Map(items)),
  ),
})).value;

Deno.test("all data that props may hold arrives as it was, in text that is safe within HTML", () => {
  fc.assert(fc.property(values, (value) => {
    assert.deepEqual(sent(value), value);
    assert.ok(!/[<\u2028\u2029]/.test(JSON.stringify(serializeProps(value))));
  }));
});

Deno.test("signals arrive live, and a signal given twice is one", () => {
  fc.assert(fc.property(values, (value) => {
    const count = signal(value);
    const [first, second, third] = sent([{ count }, { deep: [count] }, signal(count)]);
    assert.ok(first.count instanceof Signal);
    assert.equal(second.deep[0], first.count);
    assert.equal(third.value, first.count);
    assert.deepEqual(first.count.value, value);
    first.count.value = "changed";
    assert.equal(second.deep[0].value, "changed");
  }));
});

Deno.test("a computed signal arrives with its value and cannot be set", () => {
  const base = signal(2);
  const arrived: ReadonlySignal<number> = sent(computed(() => base.value * 2));
  assert.equal(arrived.value, 4);
  assert.throws(() => (arrived as Signal).value = 5);
});

Deno.test("what refers to itself arrives so", () => {
  const folder: Record<string, unknown> = { name: "a" };
  folder.self = folder;
  folder.map = new Map([[folder, new Set([folder])]]);
  const arrived = sent(folder);
  assert.equal(arrived.self, arrived);
  assert.equal([...arrived.map.get(arrived)][0], arrived);
});

Deno.test("a part of a buffer does not take the rest of it along", () => {
  const bytes = new TextEncoder().encode("secret|public").subarray(7);
  assert.equal(new TextDecoder().decode(sent(bytes)), "public");
  assert.ok(!serializeProps(bytes).includes(new TextEncoder().encode("secret").toBase64()));
});

Deno.test("what cannot be sent is refused with its place", () => {
  class Peer {}
  for (
    const value of [() => {}, Symbol("x"), new Peer(), new WeakMap(), Promise.resolve(), JSON.parse('{"__proto__":1}')]
  ) {
    assert.throws(() => serializeProps([{ a: value }]), /The props of an island cannot be sent.*\(at \[0\]\.a\)/);
  }
});
