import { looksLikeBeacon } from "../core/beacon.ts";
import type { Reach } from "../core/beacon_times.ts";
import { RateLimits } from "../core/rate_limit.ts";
import { broadcastOf, type CardNetwork, isOnNetwork } from "../core/subnet.ts";
import type { BeaconListener, BeaconSocket, Datagram } from "../discovery_ports.ts";
import type { Clock, Log } from "../ports.ts";
import { systemClock } from "./clock.ts";

const GROUP = "239.255.77.77";
const LOOPBACK = { address: "127.0.0.1", netmask: "255.0.0.0" };
/** A Wi-Fi that is joined is found within this time. */
const LOOKED_AT_MS = 2_000;
/** A port that another program has is tried again once in so many looks. */
const LOOKS_UNTIL_BOUND = 5;
const MAX_NETWORKS = 16;
/** Thirty peers on one computer start together. */
const PER_SOURCE = { burst: 400, perSecond: 100 };
/** Reading a beacon takes under 20 µs. */
const IN_ALL = { burst: 2_000, perSecond: 2_000 };
/** More than this is not even received, which costs up to 8 µs each: it stays in the system's queue, that is bounded. */
const RECEIVED = { most: 2_500, perMs: 100 };
/** Longer datagrams are cut; those are no beacons. */
const BUFFER_BYTES = 2_048;
const AFTER_ERROR_MS = 200;
const ERRORS_UNTIL_REOPENED = 10;

export interface UdpBeaconsOptions {
  /** The same on every computer. */
  readonly port: number;
  readonly log: Log;
  readonly clock?: Clock;
  /** Addresses of this computer, of all cards. */
  readonly cards?: () => readonly (CardNetwork & { readonly family: string })[];
  readonly lookedAtMs?: number;
}

/** Beacons as UDP datagrams: to each network's broadcast address, and from there. Several programs on a computer share the port. */
export function udpBeacons(options: UdpBeaconsOptions): BeaconSocket {
  return new UdpBeacons(options);
}

class UdpBeacons implements BeaconSocket {
  state: BeaconSocket["state"] = "failed";
  sent = 0;
  dropped = 0;
  lastError: string | undefined;
  #conn: Deno.DatagramConn | undefined;
  #networks: readonly CardNetwork[] = [];
  /** Sockets bound to the addresses of cards, from where multicast is sent. */
  readonly #cards = new Map<string, Deno.DatagramConn>();
  readonly #joined = new Set<string>();
  readonly #perSource = new RateLimits(PER_SOURCE);
  readonly #inAll = new RateLimits(IN_ALL);
  readonly #stop = new AbortController();
  #listener: BeaconListener | undefined;
  #loops: Promise<void>[] = [];
  #looking: Promise<void> = Promise.resolve();
  #isTold = false;

  constructor(readonly options: UdpBeaconsOptions) {}

  get port(): number {
    return this.options.port;
  }

  get #clock(): Clock {
    return this.options.clock ?? systemClock;
  }

  open(listener: BeaconListener): void {
    this.#listener = listener;
    this.#networks = this.#read();
    this.#bind();
    this.#loops = [this.#look(), this.#receive()];
  }

  async send(bytes: Uint8Array, reach: Reach, multicast: boolean): Promise<void> {
    const sent: boolean[] = [];
    if (reach !== "networks") sent.push(await this.#sendTo(broadcastOf(LOOPBACK)!, bytes, this.#conn));
    if (reach !== "here") {
      for (const network of this.#networks) {
        const everybody = broadcastOf(network);
        if (everybody !== undefined) sent.push(await this.#sendTo(everybody, bytes, this.#conn));
        if (multicast) sent.push(await this.#sendTo(GROUP, bytes, this.#cardOf(network)));
      }
    }
    if (sent.includes(false)) this.#lookNow();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#unbind();
    for (const card of this.#cards.values()) close(card);
    await Promise.all(this.#loops);
    await this.#looking;
  }

  async #sendTo(hostname: string, bytes: Uint8Array, conn: Deno.DatagramConn | undefined): Promise<boolean> {
    if (conn === undefined || this.#stop.signal.aborted) return true;
    try {
      await conn.send(bytes, { transport: "udp", hostname, port: this.port });
      this.sent++;
      return true;
    } catch (error) {
      this.#failed(`${hostname} cannot be sent to`, error);
      return false;
    }
  }

  #bind(): void {
    const { port, log } = this.options;
    try {
      this.#conn = Deno.listenDatagram({ transport: "udp", hostname: "0.0.0.0", port, reuseAddress: true });
      if (this.#isTold) log.info("discovery-on", `Other computers can be found on UDP port ${port} now.`);
      this.state = "on";
      this.#isTold = false;
      this.#joined.clear();
      this.#lookNow();
    } catch (error) {
      this.state = error instanceof Deno.errors.AddrInUse ? "port-taken" : "failed";
      this.#failed(`UDP port ${port} cannot be used`, error);
      if (this.#isTold) return;
      this.#isTold = true;
      log.warning(
        "discovery-failed",
        `Other computers are not found without the tracker: UDP port ${port} cannot be used (${this.lastError}). ` +
          "If another program has it, end that program; it is tried again.",
      );
    }
  }

  #unbind(): void {
    if (this.#conn) close(this.#conn);
    this.#conn = undefined;
  }

  /** Networks that come, go or change, every few seconds. */
  async #look(): Promise<void> {
    const { signal } = this.#stop;
    for (let looks = 1; !signal.aborted; looks++) {
      this.#lookNow();
      await this.#looking;
      if (this.#conn === undefined && looks % LOOKS_UNTIL_BOUND === 0) this.#bind();
      await this.#clock.sleep(this.options.lookedAtMs ?? LOOKED_AT_MS, signal).catch(() => {});
    }
  }

  #lookNow(): void {
    if (this.#stop.signal.aborted) return;
    const before = this.#networks;
    this.#networks = this.#read();
    const addresses = new Set(this.#networks.map(({ address }) => address));
    for (const [address, card] of this.#cards) {
      if (addresses.has(address)) continue;
      close(card);
      this.#cards.delete(address);
    }
    for (const address of this.#joined) if (!addresses.has(address)) this.#joined.delete(address);
    this.#looking = this.#looking.then(() => this.#join(addresses));
    if (JSON.stringify(before) !== JSON.stringify(this.#networks)) this.#listener?.moved();
  }

  async #join(addresses: Iterable<string>): Promise<void> {
    for (const address of addresses) {
      if (this.#joined.has(address) || this.#conn === undefined) continue;
      this.#joined.add(address);
      try {
        await this.#conn.joinMulticastV4(GROUP, address);
      } catch (error) {
        // "in use": it has been joined on this card already
        if (!(error instanceof Deno.errors.AddrInUse)) this.#failed(`Multicast is not received on ${address}`, error);
      }
    }
  }

  #read(): CardNetwork[] {
    try {
      const cards = this.options.cards?.() ?? Deno.networkInterfaces();
      return cards.filter(({ family, address }) => family === "IPv4" && !address.startsWith("127."))
        .map(({ address, netmask }) => ({ address, netmask })).slice(0, MAX_NETWORKS);
    } catch (error) {
      this.#failed("The networks of this computer are not known", error);
      return [];
    }
  }

  #cardOf({ address }: CardNetwork): Deno.DatagramConn | undefined {
    const known = this.#cards.get(address);
    if (known !== undefined) return known;
    try {
      const card = Deno.listenDatagram({ transport: "udp", hostname: address, port: 0 });
      this.#cards.set(address, card);
      return card;
    } catch (error) {
      this.#failed(`Multicast is not sent from ${address}`, error);
      return undefined;
    }
  }

  async #receive(): Promise<void> {
    const { signal } = this.#stop;
    const buffer = new Uint8Array(BUFFER_BYTES);
    const pace = { since: 0, count: 0 };
    let errors = 0;
    while (!signal.aborted) {
      const conn = this.#conn;
      try {
        if (conn === undefined) throw new Error("The port is not open.");
        const [bytes, from] = await conn.receive(buffer);
        errors = 0;
        if (from.transport === "udp") this.#arrived(bytes, from);
        const now = this.#clock.monotonic();
        if (now - pace.since >= RECEIVED.perMs) Object.assign(pace, { since: now, count: 0 });
        if (++pace.count >= RECEIVED.most) {
          await this.#clock.sleep(pace.since + RECEIVED.perMs - now, signal).catch(() => {});
        }
      } catch (error) {
        if (signal.aborted) return;
        if (conn !== undefined) this.#failed("Nothing can be received", error);
        if (++errors % ERRORS_UNTIL_REOPENED === 0 && conn === this.#conn) this.#unbind();
        await this.#clock.sleep(AFTER_ERROR_MS, signal).catch(() => {});
      }
    }
  }

  /** Nothing is read before it is known that its source has not sent too much. */
  #arrived(bytes: Uint8Array, { hostname, port }: Deno.NetAddr): void {
    const source = this.#sourceOf(hostname, port);
    const now = this.#clock.monotonic();
    const isWelcome = source !== undefined && looksLikeBeacon(bytes) && this.#perSource.take(hostname, now) === 0 &&
      this.#inAll.take("", now) === 0;
    if (!isWelcome) {
      this.dropped++;
      return;
    }
    this.#listener?.heard({ ...source, bytes });
  }

  /** Undefined for whoever is on none of the networks of this computer: nobody is to be led elsewhere. */
  #sourceOf(from: string, port: number): Omit<Datagram, "bytes"> | undefined {
    if (isOnNetwork(from, LOOPBACK)) return { from, way: "loopback", isOwn: true };
    if (!this.#networks.some((network) => isOnNetwork(from, network))) return undefined;
    // Multicast comes from a socket of its own, with another port.
    const way = port === this.port ? "broadcast" : "multicast";
    return { from, way, isOwn: this.#networks.some(({ address }) => address === from) };
  }

  #failed(what: string, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.lastError = `${what}: ${why}`;
    this.options.log.debug("discovery-error", this.lastError);
  }
}

function close(conn: Deno.DatagramConn): void {
  try {
    conn.close();
  } catch {
    // it was closed already
  }
}
