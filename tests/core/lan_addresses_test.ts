import assert from "node:assert/strict";
import { type CardAddress, lanAddressesOf } from "../../lib/core/lan_addresses.ts";

const card = (name: string, address: string): CardAddress => (
  { name, address, family: address.includes(":") ? "IPv6" : "IPv4" }
);

Deno.test("the address of a real network comes before those of containers, tunnels and cards without a network", () => {
  for (
    const [cards, expected] of [
      [[], []],
      [[card("lo", "127.0.0.1"), card("eth0", "fe80::1")], []],
      [[card("docker0", "172.17.0.1"), card("eth0", "192.168.1.10")], ["192.168.1.10", "172.17.0.1"]],
      [[card("wlan0", "10.0.0.5"), card("eth0", "192.168.1.10")], ["10.0.0.5", "192.168.1.10"]],
      [[card("eth1", "169.254.7.7"), card("tun0", "10.8.0.2"), card("Wi-Fi", "192.168.0.3")], [
        "192.168.0.3",
        "10.8.0.2",
        "169.254.7.7",
      ]],
    ] as const
  ) assert.deepEqual(lanAddressesOf(cards), expected);
});

Deno.test("at most five are told", () => {
  const many = Array.from({ length: 20 }, (_, n) => card(`eth${n}`, `10.0.${n}.1`));
  assert.equal(lanAddressesOf(many).length, 5);
});
