import assert from "node:assert/strict";
import fc from "fast-check";
import { Availability } from "../../lib/core/availability.ts";
import { Bitfield, parseBitfield } from "../../lib/core/bitfield.ts";
import { EssaimError } from "../../lib/core/errors.ts";

Deno.test("a bitfield remembers exactly the chunks added to it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100 }), fc.array(fc.integer({ min: -5, max: 120 })), (length, chunks) => {
      const field = new Bitfield(length);
      const model = new Set<number>();
      for (const chunk of chunks) {
        const fits = chunk >= 0 && chunk < length;
        assert.equal(field.add(chunk), fits && !model.has(chunk));
        if (fits) model.add(chunk);
      }
      assert.deepEqual([...field], [...model].sort((a, b) => a - b));
      assert.equal(field.count, model.size);
      assert.equal(field.complete, model.size === length);
      assert.deepEqual([...parseBitfield(field.toBytes(), length)], [...field]);
      assert.equal([...field.missing()].length, length - model.size);
    }),
  );
});

Deno.test("a full bitfield has every chunk and no spare bit", () => {
  for (const length of [0, 1, 7, 8, 9, 1024]) {
    assert.equal(parseBitfield(Bitfield.full(length).toBytes(), length).count, length);
  }
});

Deno.test("a bitfield of the wrong length or with spare bits set is refused", () => {
  for (const [bytes, length] of [[[], 1], [[0, 0], 8], [[0x01], 7], [[0xff, 0xff], 15]] as const) {
    assert.throws(() => parseBitfield(new Uint8Array(bytes), length), EssaimError);
  }
});

Deno.test("the rarest wanted chunk is always the one that counting would find", () => {
  const step = fc.tuple(fc.constantFrom("gained", "lost", "take", "putBack"), fc.nat(11));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (steps, roll) => {
      const availability = new Availability(12, 5, [0, 1, 2, 3, 4, 5, 6, 7]);
      const counts = new Array<number>(12).fill(0);
      const wanted = new Set([0, 1, 2, 3, 4, 5, 6, 7]);
      for (const [what, chunk] of steps) {
        if (what === "gained") counts[chunk] = Math.min(5, counts[chunk]! + 1);
        else if (what === "lost") counts[chunk] = Math.max(0, counts[chunk]! - 1);
        else if (what === "take") wanted.delete(chunk);
        else wanted.add(chunk);
        availability[what as "gained" | "lost" | "take" | "putBack"](chunk);
      }
      assert.equal(availability.size, wanted.size);
      for (const has of [() => true, (chunk: number) => chunk % 2 === 0, () => false]) {
        const eligible = [...wanted].filter(has);
        const rarest = availability.rarest(has, roll);
        if (eligible.length === 0) assert.equal(rarest, undefined);
        else assert.equal(counts[rarest!], Math.min(...eligible.map((chunk) => counts[chunk]!)));
        if (rarest !== undefined) assert.ok(wanted.has(rarest) && has(rarest));
      }
    }),
  );
});
