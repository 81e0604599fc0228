import assert from "node:assert/strict";
import { diagnose, type DoctorFacts, type Finding, FINDINGS, isNear, worst } from "../../lib/core/doctor.ts";
import { doctorViewSchema } from "../../lib/core/doctor_messages.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NOW = Date.parse("2026-11-25T10:00:00Z");

const card = (address: string, name = "eth0", netmask = "255.255.255.0") => ({
  ...{ name, address, netmask },
  family: address.includes(":") ? "IPv6" : "IPv4",
} as const);
const LO = card("127.0.0.1", "lo", "255.0.0.0");
const ETH = card("192.168.1.20");
const discovery = (changes: Partial<NonNullable<DoctorFacts["discovery"]>> = {}) => ({
  ...{ state: "on", port: 5555, sent: 4, heardBroadcast: 0, heardMulticast: 0 } as const,
  ...changes,
});
const peer = (changes: Partial<DoctorFacts["peers"][number]> = {}) => ({
  ...{ name: "bob", host: "192.168.1.21", reached: "yes", reachesUs: true } as const,
  ...changes,
});
const answering = (changes: object = {}) => ({
  ...{ kind: "answers", url: "http://10.0.0.1:5000", class: { id: "c", name: "S2" } } as const,
  ...{ members: "answers", memberPort: 5443 } as const,
  ...changes,
});
const MEMBER = { kind: "member", id: "c", name: "S2", until: NOW + 20 * DAY } as const;

/** A computer that is in its class, with somebody else there, and all as it should be. */
const FINE: DoctorFacts = {
  cards: [LO, ETH],
  listening: { host: "0.0.0.0", port: 5001 },
  discovery: discovery({ heardBroadcast: 9 }),
  echo: { broadcast: true, multicast: true },
  peers: [peer()],
  beaconHosts: ["192.168.1.21"],
  tracker: answering(),
  aheadMs: [200, -300],
  diskFree: 50e9,
  class: MEMBER,
  now: NOW,
};

Deno.test("where everything works every line is good", () => {
  const lines = diagnose(FINE);
  assert.deepEqual(lines.filter(({ state }) => state !== "good"), []);
  assert.equal(worst(lines), "good");
  assert.deepEqual(
    lines.map(({ id }) => id),
    [
      "addresses",
      "vpn",
      "udp",
      "broadcast",
      "multicast",
      "peer",
      "firewall",
      "isolation",
      "tracker",
      "members",
      "clock",
    ]
      .concat("disk", "certificate"),
  );
  assert.deepEqual(lines[0]?.values.names, ["192.168.1.20:5001"]);
  assert.deepEqual(doctorViewSchema.parse({ state: "done", done: 1, total: 1, lines }).lines, lines);
});

const TABLE: [what: string, changes: Partial<DoctorFacts>, found: Finding[]][] = [
  ["no network", { cards: [LO] }, ["addresses-none"]],
  ["no address given", { cards: [LO, card("169.254.7.7")] }, ["addresses-no-dhcp"]],
  ["only a virtual one", { cards: [LO, card("172.17.0.1", "docker0")] }, ["addresses-none", "vpn-virtual"]],
  ["only IPv6", { cards: [card("fd00::20"), card("fe80::1")] }, ["addresses-good"]],
  ["only for itself", { listening: { host: "127.0.0.1", port: 5001 } }, ["addresses-local-only"]],
  ["a VPN", { cards: [ETH, card("10.8.0.2", "tun0")] }, ["addresses-good", "vpn-active"]],
  ["a VPN of Windows", { cards: [ETH, card("10.8.0.2", "WireGuard Tunnel")] }, ["vpn-active"]],
  ["discovery off", { discovery: discovery({ state: "off" }) }, ["udp-off", "broadcast-unknown", "multicast-unknown"]],
  ["port taken", { discovery: discovery({ state: "port-taken" }) }, ["udp-taken"]],
  ["port unusable", { discovery: discovery({ state: "failed", lastError: "EACCES" }) }, ["udp-failed"]],
  ["not measured", { discovery: undefined }, ["udp-unknown", "broadcast-unknown"]],
  ["nobody to hear", { discovery: discovery(), peers: [] }, ["broadcast-nobody", "multicast-nobody", "peers-none"]],
  ["near, but not heard", { discovery: discovery() }, ["broadcast-silent"]],
  [
    "far, and so not heard",
    { discovery: discovery(), peers: [peer({ host: "10.9.9.9" })] },
    ["broadcast-nobody", "isolation-unknown", "firewall-good"],
  ],
  [
    "own firewall eats UDP",
    { discovery: discovery(), echo: { broadcast: false, multicast: false } },
    ["broadcast-blocked", "multicast-blocked"],
  ],
  ["heard although the echo was not", { echo: { broadcast: false, multicast: false } }, ["broadcast-good"]],
  ["multicast is heard", { discovery: discovery({ heardMulticast: 2 }) }, ["multicast-good"]],
  ["multicast is not needed", {}, ["multicast-not-needed"]],
  ["they cannot reach us", { peers: [peer({ reachesUs: false })] }, ["peer-one-way", "firewall-likely"]],
  [
    "some of them can",
    { peers: [peer({ reachesUs: false }), peer({ name: "carl" })] },
    ["peer-one-way", "peer-both", "firewall-good"],
  ],
  ["nobody could say", { peers: [peer({ reachesUs: undefined })] }, ["peer-reached", "firewall-unknown"]],
  [
    "on this computer only",
    { peers: [peer({ host: "127.0.0.1", reachesUs: false })] },
    ["firewall-unknown", "isolation-unknown"],
  ],
  [
    "heard, not reached",
    { peers: [peer({ reached: "no", reachesUs: undefined })] },
    ["peer-silent", "isolation-likely", "firewall-unknown"],
  ],
  [
    "neither heard nor reached",
    { peers: [peer({ reached: "no", reachesUs: undefined })], beaconHosts: [] },
    ["peer-silent", "isolation-unknown"],
  ],
  [
    "one of two is reached",
    { peers: [peer(), peer({ name: "carl", host: "192.168.1.22", reached: "no" })], beaconHosts: ["192.168.1.22"] },
    ["peer-silent", "isolation-none"],
  ],
  ["another one there", { peers: [peer({ reached: "other", reachesUs: undefined })] }, ["peer-other"]],
  ["no tracker", { tracker: { kind: "none" } }, ["tracker-none"]],
  ["silent tracker", { tracker: { kind: "silent", url: "http://x" } }, ["tracker-silent"]],
  ["wrong tracker", { tracker: { kind: "wrong", url: "http://x" } }, ["tracker-wrong"]],
  ["tracker without a class", { tracker: answering({ class: undefined }) }, ["tracker-open"]],
  ["not joined", { class: { kind: "none" } }, ["members-not-joined", "certificate-none"]],
  ["another class", { tracker: answering({ class: { id: "d", name: "S3" } }) }, ["members-other-class"]],
  ["member port closed", { tracker: answering({ members: "silent" }) }, ["tracker-good", "members-silent"]],
  ["refused as a member", { tracker: answering({ members: "refused" }) }, ["members-refused"]],
  ["not asked as a member", { tracker: answering({ members: undefined }) }, ["members-unknown"]],
  ["removed", { class: { kind: "removed", name: "S2" } }, ["certificate-removed"]],
  ["clock ahead", { aheadMs: [10 * MINUTE, 10 * MINUTE, 0] }, ["clock-off"]],
  ["one other clock is wrong", { aheadMs: [0, 9 * DAY, 100] }, ["clock-good"]],
  ["clock a year behind", { aheadMs: [-365 * DAY] }, ["clock-wrong"]],
  ["nobody to compare with", { aheadMs: [] }, ["clock-unknown"]],
  ["little room", { diskFree: 1e9 }, ["disk-low"]],
  ["no room", { diskFree: 5e6 }, ["disk-full"]],
  ["room unknown", { diskFree: undefined }, ["disk-unknown"]],
  ["certificate ends soon", { class: { ...MEMBER, until: NOW + DAY } }, ["certificate-soon"]],
  ["certificate ended", { class: { ...MEMBER, until: NOW - 1 } }, ["certificate-ended"]],
];

for (const [what, changes, expected] of TABLE) {
  Deno.test(`the doctor finds: ${what}`, () => {
    const found = diagnose({ ...FINE, ...changes }).map(({ finding }) => finding);
    for (const finding of expected) assert.ok(found.includes(finding), `${finding} not in ${found}`);
  });
}

Deno.test("every finding is in the table", () => {
  const reached = new Set(
    [...TABLE, ["", {}, []] as const].flatMap(([, changes]) =>
      diagnose({ ...FINE, ...changes }).map(({ finding }) => finding)
    ),
  );
  assert.deepEqual(Object.keys(FINDINGS).filter((finding) => !reached.has(finding as Finding)), []);
});

Deno.test("the worst line decides, and what is not known is no fault", () => {
  for (
    const [states, expected] of [
      [["good", "unknown"], "good"],
      [["unknown"], "good"],
      [["good", "warn", "unknown"], "warn"],
      [["warn", "bad"], "bad"],
    ] as const
  ) assert.equal(worst(states.map((state) => ({ state }))), expected);
});

Deno.test("near is what a card's own network holds", () => {
  for (
    const [host, expected] of [
      ["192.168.1.254", true],
      ["192.168.2.1", false],
      ["::ffff:192.168.1.7", true],
      ["127.0.0.1", false],
      ["alice-pc", false],
      ["fd00::1", false],
    ] as const
  ) assert.equal(isNear([LO, ETH], host), expected, host);
});
