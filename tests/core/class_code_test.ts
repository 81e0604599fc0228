import assert from "node:assert/strict";
import fc from "fast-check";
import {
  codePrefixOf,
  joinedTo,
  matches,
  parseClassCode,
  parseJoinLink,
  secretFrom,
  writeClassCode,
  writeJoinLink,
} from "../../lib/core/class_code.ts";
import { joinRequestSchema } from "../../lib/core/class_messages.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { ClassId } from "../../lib/core/ids.ts";

const ID = "00443214c74254b635cf84653a56d7c675be77df00443214c74254b635cf8465" as ClassId;
const half = fc.uint8Array({ minLength: 5, maxLength: 5 });
const code = fc.tuple(half, fc.option(half)).map(([prefix, secret]) => ({
  prefix: secretFrom(prefix),
  secret: secret ? secretFrom(secret) : "",
}));
const badInput = (error: unknown) => error instanceof EssaimError && error.code === "bad-input";

Deno.test("the first half of a code is the beginning of the class id, the second half is a secret", () => {
  assert.equal(codePrefixOf(ID), "01234567"); // five bits a character
  assert.equal(secretFrom(new Uint8Array([0xff, 0xff, 0xff, 0xff, 0xff, 0])), "ZZZZZZZZ");
  assert.ok(matches(parseClassCode("0123-4567-ABCD-EFGH"), ID));
  assert.ok(!matches(parseClassCode("0123-4568-ABCD-EFGH"), ID));
});

Deno.test("a code is understood however people type it", () => {
  const expected = { prefix: "01234567", secret: "ABCDEFGH" };
  for (
    const text of [
      "0123-4567-ABCD-EFGH",
      "01234567ABCDEFGH",
      "  oi23 4567\nabcd efgh ",
      "OL23–4567—ABCD‑EFGH",
      "0i23_4567.abcd.efgh",
      "\uff10\uff11\uff12\uff13 4567 \uff21BCD EFGH",
      "\ufeff0123-4567-ABCD-\u200bEFGH",
    ]
  ) assert.deepEqual(parseClassCode(text), expected, text);
  assert.deepEqual(parseClassCode("0123-4567"), { prefix: "01234567", secret: "" });
});

Deno.test("what is no code says why", () => {
  for (
    const [text, why] of [
      ["", /0 letters/],
      ["0123-456", /7 letters/],
      ["0123-4567-ABC", /11 letters/],
      ["0123-4567-ABCD-EFGHJ", /17 letters/],
      ["0123-4567-ABCD-EFGU", /"U" is never/],
      ["0123-4567-ABCD-EFGÉ", /never/],
      ["A".repeat(10_000), /far too long/],
    ] as const
  ) assert.throws(() => parseClassCode(text), (error) => badInput(error) && why.test(String(error)), text);
});

Deno.test("a code that was written reads back, and fits what a request to join may carry", () => {
  fc.assert(fc.property(code, (code) => {
    const text = writeClassCode(code);
    assert.match(text, /^\w{4}-\w{4}(-\w{4}-\w{4})?$/);
    assert.deepEqual(parseClassCode(text), code);
    assert.deepEqual(
      parseClassCode(text.toLowerCase().replaceAll("-", " ").replaceAll("0", "o").replaceAll("1", "l")),
      code,
    );
    assert.ok(joinRequestSchema.shape.secret.safeParse(code.secret).success);
    assert.deepEqual(parseJoinLink(writeJoinLink("http://192.168.1.7:5000", code)), {
      tracker: "http://192.168.1.7:5000",
      code,
    });
  }));
});

Deno.test("any text is a code, or refused as one", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 600 }), (text) => {
    for (const parse of [parseClassCode, parseJoinLink]) {
      try {
        parse(text);
      } catch (error) {
        assert.ok(badInput(error), String(error));
      }
    }
  }));
});

Deno.test("a join link is understood as it is copied, and a bare code too", () => {
  const code = parseClassCode("0123-4567-ABCD-EFGH");
  for (
    const [text, tracker] of [
      ["http://pc-prof:5000/join#0123-4567-ABCD-EFGH", "http://pc-prof:5000"],
      [" <http://pc-prof:5000/join#0123-4567-ABCD-EFGH>. ", "http://pc-prof:5000"],
      ["HTTP://PC-Prof:5000/join/#01234567abcdefgh", "http://pc-prof:5000"],
      ["pc-prof:5000/join#0123-4567-ABCD-EFGH", "http://pc-prof:5000"],
      ["http://[fe80::1]:5000/join#0123%204567%20ABCD%20EFGH", "http://[fe80::1]:5000"],
      ["https://school.example/essaim/join%230123-4567-ABCD-EFGH", "https://school.example/essaim"],
    ] as const
  ) assert.deepEqual(parseJoinLink(text), { tracker, code }, text);
  assert.deepEqual(parseJoinLink("0123 4567 abcd efgh"), { code });
});

Deno.test("a link that leads elsewhere or lost its code is refused", () => {
  for (
    const text of [
      "http://pc-prof:5000/join",
      "http://pc-prof:5000/join#",
      "http://pc-prof:5000/#0123-4567-ABCD-EFGH",
      "http://user:pass@pc-prof:5000/join#0123-4567-ABCD-EFGH",
      "ftp://pc-prof/join#0123-4567-ABCD-EFGH",
      "javascript:alert(1)/join#0123-4567-ABCD-EFGH",
      "http://pc-prof:5000/join#%ff",
      "http:///join#0123-4567-ABCD-EFGH",
    ]
  ) assert.throws(() => parseJoinLink(text), badInput, text);
});

Deno.test("where tracker and first half were shown, the second half is enough; a whole code or link stands for itself", () => {
  const shown = parseJoinLink("http://10.0.0.2:5000/join#0123-4567");
  for (
    const [typed, expected] of [
      ["abcd-efgh", "http://10.0.0.2:5000/join#0123-4567-ABCD-EFGH"],
      ["0123-4567-ABCD-EFGH", "http://10.0.0.2:5000/join#0123-4567-ABCD-EFGH"],
      ["0123-4567", "http://10.0.0.2:5000/join#0123-4567"], // an open class
      ["89AB-CDEF-ABCD-EFGH", "http://10.0.0.2:5000/join#89AB-CDEF-ABCD-EFGH"], // refused when it is compared
      ["http://10.0.0.9:5000/join#89AB-CDEF", "http://10.0.0.9:5000/join#89AB-CDEF"],
    ] as const
  ) {
    const { tracker, code } = joinedTo(shown, parseJoinLink(typed));
    assert.equal(writeJoinLink(tracker!, code), expected);
  }
});
