import assert from "node:assert/strict";
import { parseHostPort, writeHostPort } from "../../lib/core/known_address.ts";
import { EssaimError } from "../../lib/core/errors.ts";

Deno.test("an address is read as people type it: numbers, names, brackets, with or without a port", () => {
  for (
    const [typed, expected] of [
      ["192.168.1.20", "192.168.1.20:5001"],
      [" 192.168.1.20:5002 ", "192.168.1.20:5002"],
      ["Alice-PC", "alice-pc:5001"],
      ["alice.local:6000", "alice.local:6000"],
      ["[fd00::20]", "[fd00::20]:5001"],
      ["[FD00:0::20]:5003", "[fd00::20]:5003"],
      ["[::ffff:10.0.0.7]:5001", "10.0.0.7:5001"],
      ["http://10.0.0.7:5001/", "10.0.0.7:5001"],
      ["localhost:1", "localhost:1"],
    ] as const
  ) assert.equal(writeHostPort(parseHostPort(typed)), expected, typed);
});

Deno.test("what is no address is refused with an example of one", () => {
  for (
    const typed of [
      "",
      " ",
      ":5001",
      "alice:",
      "alice:0",
      "alice:65536",
      "alice:5001x",
      "fd00::20",
      "[fd00::20",
      "[alice]:5001",
      "a b",
      "alice/path",
      "alice@bob",
      "https://alice:5001",
      "ftp://alice",
      "1.2.3",
      "2130706433",
      "256.1.1.1",
      "alice?x",
      "x".repeat(400),
    ]
  ) {
    assert.throws(() => parseHostPort(typed), (error) => {
      assert.ok(error instanceof EssaimError, typed);
      assert.equal(error.code, "bad-input", typed);
      return true;
    }, typed);
  }
});
