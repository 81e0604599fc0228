import assert from "node:assert/strict";
import fc from "fast-check";
import { isLoopback, reachableAt } from "../../lib/core/address.ts";

Deno.test("a peer is reached at the source of its announce, or beside the tracker at the tracker's own name", () => {
  const lan = "192.168.1.20";
  for (
    const [peer, asker, host, expected] of [
      ["192.168.1.7", lan, "192.168.1.1:5000", "192.168.1.7"],
      ["::ffff:192.168.1.7", lan, undefined, "192.168.1.7"],
      ["2001:DB8::7", lan, undefined, "2001:db8::7"],
      ["fe80::1%eth0", lan, undefined, "fe80::1"],
      ["192.168.1.7", "127.0.0.1", "localhost:5000", "192.168.1.7"],
      ["127.0.0.1", lan, "192.168.1.1:5000", "192.168.1.1"],
      ["::ffff:127.0.0.1", lan, "192.168.1.1", "192.168.1.1"],
      ["::ffff:7f00:1", lan, "Salle-12.local:5000", "salle-12.local"],
      ["::1", lan, "[2001:db8::1]:5000", "2001:db8::1"],
      ["127.0.0.1", "127.0.0.1", "evil.example", "127.0.0.1"],
      ["127.0.0.5", "::1", undefined, "127.0.0.5"],
      ["::1", "::ffff:127.0.0.1", "localhost", "127.0.0.1"],
      ["127.0.0.1", lan, undefined, undefined],
      ["127.0.0.1", lan, "", undefined],
      ["127.0.0.1", lan, "127.0.0.1:5000", undefined],
      ["127.0.0.1", lan, "localhost:5000", undefined],
      ["127.0.0.1", lan, "x.localhost", undefined],
      ["127.0.0.1", lan, "0x7f.1", undefined],
      ["127.0.0.1", lan, "2130706433", undefined],
      ["127.0.0.1", lan, "[::1]:5000", undefined],
      ["127.0.0.1", lan, "[::ffff:7f00:1]", undefined],
      ["127.0.0.1", lan, "0.0.0.0:5000", undefined],
      ["127.0.0.1", lan, "[::]", undefined],
      ["127.0.0.1", lan, "a b", undefined],
      ["127.0.0.1", lan, "user@10.0.0.1", undefined],
      ["127.0.0.1", lan, "10.0.0.1/path", undefined],
      ["127.0.0.1", lan, "10.0.0.1:5000\r\nX: y", undefined],
      ["127.0.0.1", lan, "<script>", undefined],
      ["127.0.0.1", lan, "x".repeat(5000), undefined],
      ["127.0.0.1", "", "10.0.0.1", "10.0.0.1"],
      ["", lan, "10.0.0.1", undefined],
    ] as const
  ) assert.equal(reachableAt({ address: peer }, { address: asker, host }), expected, `${peer} for ${asker} at ${host}`);
});

Deno.test("no Host whatever gives a loopback address to another machine", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.ipV4Extended(), fc.ipV6(), fc.domain()), (host) => {
    const answer = reachableAt({ address: "127.0.0.1" }, { address: "10.0.0.2", host });
    assert.ok(answer === undefined || !isLoopback(answer), String(answer));
  }));
});
