import { canonicalHost, isLoopback } from "./address.ts";
import { isOnNetwork } from "./subnet.ts";

/** What the network doctor measured, and what follows from it. Times in milliseconds, sizes in bytes. */

export type DoctorState = "good" | "warn" | "bad" | "unknown";

/** Everything that a line can say, with what it is about and how it is. The words are in lib/i18n. */
export const FINDINGS = {
  "addresses-good": ["addresses", "good"],
  "addresses-no-dhcp": ["addresses", "bad"],
  "addresses-none": ["addresses", "bad"],
  "addresses-local-only": ["addresses", "bad"],
  "vpn-none": ["vpn", "good"],
  "vpn-virtual": ["vpn", "good"],
  "vpn-active": ["vpn", "warn"],
  "udp-good": ["udp", "good"],
  "udp-off": ["udp", "warn"],
  "udp-taken": ["udp", "bad"],
  "udp-failed": ["udp", "bad"],
  "udp-unknown": ["udp", "unknown"],
  "broadcast-good": ["broadcast", "good"],
  "broadcast-nobody": ["broadcast", "unknown"],
  "broadcast-silent": ["broadcast", "warn"],
  "broadcast-blocked": ["broadcast", "bad"],
  "broadcast-unknown": ["broadcast", "unknown"],
  "multicast-good": ["multicast", "good"],
  "multicast-nobody": ["multicast", "unknown"],
  "multicast-not-needed": ["multicast", "good"],
  "multicast-blocked": ["multicast", "warn"],
  "multicast-unknown": ["multicast", "unknown"],
  "peer-both": ["peer", "good"],
  "peer-one-way": ["peer", "warn"],
  "peer-reached": ["peer", "good"],
  "peer-silent": ["peer", "warn"],
  "peer-other": ["peer", "warn"],
  "peers-none": ["peer", "unknown"],
  "firewall-good": ["firewall", "good"],
  "firewall-likely": ["firewall", "bad"],
  "firewall-unknown": ["firewall", "unknown"],
  "isolation-none": ["isolation", "good"],
  "isolation-likely": ["isolation", "bad"],
  "isolation-unknown": ["isolation", "unknown"],
  "tracker-good": ["tracker", "good"],
  "tracker-none": ["tracker", "warn"],
  "tracker-silent": ["tracker", "bad"],
  "tracker-wrong": ["tracker", "bad"],
  "tracker-open": ["tracker", "good"],
  "members-good": ["members", "good"],
  "members-other-class": ["members", "bad"],
  "members-silent": ["members", "bad"],
  "members-refused": ["members", "bad"],
  "members-not-joined": ["members", "unknown"],
  "members-unknown": ["members", "unknown"],
  "clock-good": ["clock", "good"],
  "clock-off": ["clock", "warn"],
  "clock-wrong": ["clock", "bad"],
  "clock-unknown": ["clock", "unknown"],
  "disk-good": ["disk", "good"],
  "disk-low": ["disk", "warn"],
  "disk-full": ["disk", "bad"],
  "disk-unknown": ["disk", "unknown"],
  "certificate-good": ["certificate", "good"],
  "certificate-soon": ["certificate", "warn"],
  "certificate-ended": ["certificate", "bad"],
  "certificate-removed": ["certificate", "bad"],
  "certificate-none": ["certificate", "unknown"],
} as const satisfies Record<string, readonly [string, DoctorState]>;

export type Finding = keyof typeof FINDINGS;
export type DoctorId = (typeof FINDINGS)[Finding][0];

/** What the words of a line need; which of them depends on the finding. */
export interface FindingValues {
  /** "192.168.1.20:5001", names of computers or of network cards. */
  readonly names?: readonly string[];
  /** Of another computer, of a class, or an address. */
  readonly name?: string;
  readonly port?: number;
  readonly bytes?: number;
  /** How far this clock is ahead of others; negative: behind. */
  readonly aheadMs?: number;
  /** ISO 8601. */
  readonly until?: string;
  /** English, for the curious. */
  readonly detail?: string;
}

export interface DoctorLine {
  readonly id: DoctorId;
  readonly state: DoctorState;
  readonly finding: Finding;
  readonly values: FindingValues;
}

/** One address of one network card. */
export interface CardFact {
  /** Of the card: "eth0", "Wi-Fi", "tun0". */
  readonly name: string;
  readonly family: "IPv4" | "IPv6";
  readonly address: string;
  readonly netmask: string;
}

export interface PeerFact {
  readonly name: string;
  readonly host: string;
  /** Whether it answered here as itself; `other`: something else answers there. */
  readonly reached: "yes" | "no" | "other";
  /** Whether it reached this computer; undefined when it could not be asked, or does not know how to. */
  readonly reachesUs: boolean | undefined;
}

export interface DoctorFacts {
  readonly cards: readonly CardFact[];
  /** Where this peer listens for others. */
  readonly listening: { readonly host: string; readonly port: number };
  readonly discovery: {
    readonly state: "on" | "off" | "port-taken" | "failed";
    readonly port: number;
    readonly sent: number;
    readonly heardBroadcast: number;
    readonly heardMulticast: number;
    readonly lastError?: string | undefined;
  } | undefined;
  /** Whether this computer heard its own probes. */
  readonly echo: { readonly broadcast: boolean | undefined; readonly multicast: boolean | undefined };
  readonly peers: readonly PeerFact[];
  /** Hosts of which a beacon was heard lately. */
  readonly beaconHosts: readonly string[];
  readonly tracker:
    | { readonly kind: "none" }
    | { readonly kind: "silent" | "wrong"; readonly url: string }
    /** `class`: undefined where it has none. */
    | {
      readonly kind: "answers";
      readonly url: string;
      readonly class: { readonly id: string; readonly name: string } | undefined;
      /** Undefined where it was not asked. */
      readonly members: "answers" | "silent" | "refused" | undefined;
      readonly memberPort: number | undefined;
    };
  /** This clock minus those of others. */
  readonly aheadMs: readonly number[];
  readonly diskFree: number | undefined;
  readonly class:
    | { readonly kind: "none" }
    | { readonly kind: "removed"; readonly name: string }
    | { readonly kind: "member"; readonly id: string; readonly name: string; readonly until: number };
  readonly now: number;
}

/** Tunnels send what is for the class elsewhere; bridges of virtual machines only look like networks. */
const TUNNEL = /^(?:tun|tap|wg|utun|zt|tailscale|ppp|ipsec|nordlynx|proton)|\bVPN\b|WireGuard|OpenVPN|TAP-Windows/i;
const VIRTUAL = /^(?:docker|br-|veth|virbr|vmnet|vboxnet|vEthernet|lxc|lxd|cni|podman)|VirtualBox|VMware|Hyper-V/i;
const MB = 1_000_000;
const DISK = { full: 200 * MB, low: 2_000 * MB };
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Certificates begin two days before they are made, for clocks that are behind. */
const CLOCK = { off: 2 * MINUTE, wrong: DAY };
const CERTIFICATE_SOON_MS = 5 * DAY;
const MOST_NAMES = 8;

/** One line for each thing looked at, and one for each peer; what is wrong does not hide what else is. */
export function diagnose(facts: DoctorFacts): DoctorLine[] {
  return [
    addresses(facts),
    vpn(facts),
    udp(facts),
    broadcast(facts),
    multicast(facts),
    ...(facts.peers.length === 0 ? [line("peers-none")] : facts.peers.map(peer)),
    firewall(facts),
    isolation(facts),
    ...tracker(facts),
    clock(facts),
    disk(facts),
    certificate(facts),
  ];
}

/** `bad` when any is, else `warn`; what is unknown is no fault. */
export function worst(lines: readonly Pick<DoctorLine, "state">[]): DoctorState {
  return (["bad", "warn"] as const).find((state) => lines.some((line) => line.state === state)) ?? "good";
}

function line(finding: Finding, values: FindingValues = {}): DoctorLine {
  const [id, state] = FINDINGS[finding];
  return { id, state, finding, values };
}

/** Addresses of this computer by which others of the room may reach it. */
function usable(cards: readonly CardFact[]): CardFact[] {
  return cards.filter(({ address, name, family }) =>
    !isLoopback(address) && !TUNNEL.test(name) && !VIRTUAL.test(name) &&
    (family === "IPv4" || !/^fe80:/i.test(address))
  );
}

function isSelfAssigned({ address }: CardFact): boolean {
  return address.startsWith("169.254.");
}

function addresses({ cards, listening: { host, port } }: DoctorFacts): DoctorLine {
  if (isLoopback(host) && host !== "0.0.0.0" && host !== "::") return line("addresses-local-only", { name: host });
  const all = usable(cards);
  const ipv4 = all.filter(({ family }) => family === "IPv4");
  const real = ipv4.filter((card) => !isSelfAssigned(card));
  const names = (shown: readonly CardFact[]) =>
    shown.slice(0, MOST_NAMES).map(({ address, family }) =>
      `${family === "IPv6" ? `[${address.replace(/%.*/, "")}]` : address}:${port}`
    );
  if (real.length > 0) return line("addresses-good", { names: names(real) });
  if (ipv4.length > 0) return line("addresses-no-dhcp", { names: names(ipv4) });
  return all.length > 0 ? line("addresses-good", { names: names(all) }) : line("addresses-none");
}

function vpn({ cards }: DoctorFacts): DoctorLine {
  const named = (kind: RegExp) =>
    [...new Set(cards.filter(({ name }) => kind.test(name)).map(({ name }) => name))].slice(0, MOST_NAMES);
  const tunnels = named(TUNNEL);
  if (tunnels.length > 0) return line("vpn-active", { names: tunnels });
  const virtual = named(VIRTUAL);
  return virtual.length > 0 ? line("vpn-virtual", { names: virtual }) : line("vpn-none");
}

function udp({ discovery }: DoctorFacts): DoctorLine {
  if (discovery === undefined) return line("udp-unknown");
  const { state, port, lastError } = discovery;
  switch (state) {
    case "on":
      return line("udp-good", { port });
    case "off":
      return line("udp-off");
    case "port-taken":
      return line("udp-taken", { port });
    case "failed":
      return line("udp-failed", { port, ...lastError !== undefined && { detail: lastError } });
  }
}

function broadcast({ discovery, echo, peers, cards }: DoctorFacts): DoctorLine {
  if (discovery?.state === "on" && discovery.heardBroadcast > 0) return line("broadcast-good");
  if (echo.broadcast === false) return line("broadcast-blocked");
  if (discovery?.state !== "on") return line("broadcast-unknown");
  if (peers.some(({ host, reached }) => reached === "yes" && isNear(cards, host))) return line("broadcast-silent");
  return line("broadcast-nobody");
}

function multicast({ discovery, echo }: DoctorFacts): DoctorLine {
  if (discovery?.state === "on" && discovery.heardMulticast > 0) return line("multicast-good");
  if (discovery?.state === "on" && discovery.heardBroadcast > 0) return line("multicast-not-needed");
  if (echo.multicast === false) return line("multicast-blocked");
  return line(discovery?.state === "on" ? "multicast-nobody" : "multicast-unknown");
}

function peer({ name, host, reached, reachesUs }: PeerFact): DoctorLine {
  const about = { name, names: [host] };
  if (reached === "no") return line("peer-silent", about);
  if (reached === "other") return line("peer-other", about);
  if (reachesUs === undefined) return line("peer-reached", about);
  return line(reachesUs ? "peer-both" : "peer-one-way", about);
}

/** A program on this computer hardly notices its own firewall; the others do. */
function firewall({ peers, listening: { port } }: DoctorFacts): DoctorLine {
  const elsewhere = peers.filter(({ host }) => !isLoopback(host));
  if (elsewhere.some(({ reachesUs }) => reachesUs === true)) return line("firewall-good");
  return elsewhere.some(({ reachesUs }) => reachesUs === false)
    ? line("firewall-likely", { port })
    : line("firewall-unknown");
}

/** An access point that lets broadcast through, but no connections from one computer to another. */
function isolation({ peers, cards, beaconHosts }: DoctorFacts): DoctorLine {
  const near = peers.filter(({ host }) => isNear(cards, host));
  if (near.some(({ reached }) => reached === "yes")) return line("isolation-none");
  const heard = new Set(beaconHosts);
  const unreachable = near.filter(({ host, reached }) => reached === "no" && heard.has(host));
  if (unreachable.length === 0) return line("isolation-unknown");
  return line("isolation-likely", { names: unreachable.slice(0, MOST_NAMES).map(({ name }) => name) });
}

function tracker({ tracker, class: joined }: DoctorFacts): DoctorLine[] {
  if (tracker.kind === "none") return [line("tracker-none")];
  const name = tracker.url;
  if (tracker.kind !== "answers") return [line(`tracker-${tracker.kind}`, { name })];
  const { class: its, members, memberPort } = tracker;
  if (its === undefined) return [line("tracker-open", { name })];
  const plain = line("tracker-good", { name, names: [its.name] });
  if (joined.kind !== "member") return [plain, line("members-not-joined", { name: its.name })];
  if (joined.id !== its.id) return [plain, line("members-other-class", { name: its.name, names: [joined.name] })];
  if (members === undefined) return [plain, line("members-unknown")];
  const found = members === "answers" ? "members-good" : `members-${members}` as const;
  return [plain, line(found, { name, ...memberPort !== undefined && { port: memberPort } })];
}

/** The clock of one other computer may be wrong; that of most is not. */
function clock({ aheadMs }: DoctorFacts): DoctorLine {
  if (aheadMs.length === 0) return line("clock-unknown");
  const sorted = aheadMs.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)]!;
  const values = { aheadMs: middle };
  if (Math.abs(middle) >= CLOCK.wrong) return line("clock-wrong", values);
  return line(Math.abs(middle) >= CLOCK.off ? "clock-off" : "clock-good", values);
}

function disk({ diskFree }: DoctorFacts): DoctorLine {
  if (diskFree === undefined) return line("disk-unknown");
  const found = diskFree < DISK.full ? "disk-full" : diskFree < DISK.low ? "disk-low" : "disk-good";
  return line(found, { bytes: diskFree });
}

function certificate({ class: joined, now }: DoctorFacts): DoctorLine {
  if (joined.kind === "none") return line("certificate-none");
  if (joined.kind === "removed") return line("certificate-removed", { name: joined.name });
  const values = { name: joined.name, until: new Date(joined.until).toISOString() };
  if (joined.until <= now) return line("certificate-ended", values);
  return line(joined.until - now < CERTIFICATE_SOON_MS ? "certificate-soon" : "certificate-good", values);
}

/** Whether an IPv4 address is on the same network as one of these cards. */
export function isNear(cards: readonly CardFact[], host: string): boolean {
  const address = canonicalHost(host);
  if (address === undefined || isLoopback(address)) return false;
  return cards.some((card) => card.family === "IPv4" && isOnNetwork(address, card));
}
