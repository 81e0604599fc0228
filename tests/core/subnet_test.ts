import assert from "node:assert/strict";
import { broadcastOf, isOnNetwork } from "../../lib/core/subnet.ts";

Deno.test("everybody on a network is reached at its last address", () => {
  for (
    const [address, netmask, expected] of [
      ["192.168.1.20", "255.255.255.0", "192.168.1.255"],
      ["10.0.3.7", "255.255.252.0", "10.0.3.255"],
      ["172.16.200.1", "255.240.0.0", "172.31.255.255"],
      ["127.0.0.1", "255.0.0.0", "127.255.255.255"],
      ["10.0.0.5", "255.255.255.252", "10.0.0.7"],
      ["10.0.0.5", "255.255.255.254", undefined],
      ["10.8.0.2", "255.255.255.255", undefined],
      ["fd00::2", "ffff:ffff:ffff:ffff::", undefined],
      ["300.0.0.1", "255.0.0.0", undefined],
    ] as const
  ) assert.equal(broadcastOf({ address, netmask }), expected, `${address}/${netmask}`);
});

Deno.test("only other computers on the same network are on it", () => {
  const card = { address: "192.168.1.20", netmask: "255.255.255.0" };
  for (
    const [address, expected] of [
      ["192.168.1.1", true],
      ["192.168.1.20", true],
      ["192.168.1.254", true],
      ["192.168.1.255", false],
      ["192.168.1.0", false],
      ["192.168.2.1", false],
      ["8.8.8.8", false],
      ["127.0.0.1", false],
      ["0.0.0.0", false],
      ["255.255.255.255", false],
      ["224.0.0.1", false],
      ["::1", false],
      ["192.168.1.1:5555", false],
      ["", false],
    ] as const
  ) assert.equal(isOnNetwork(address, card), expected, address);
});
