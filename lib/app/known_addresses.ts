import { asEssaimError, EssaimError } from "../core/errors.ts";
import {
  type CallbackReply,
  type CallbackRequest,
  type HostPort,
  type KnownAddressView,
  parseHostPort,
  writeHostPort,
} from "../core/known_address.ts";
import type { PeerId } from "../core/ids.ts";
import type { IndexPosition } from "../core/messages.ts";
import { DAY_MS } from "../core/membership.ts";
import type { KnownAddress, KnownAddressStore, ReachClient } from "../discovery_ports.ts";
import type { Clock, Log } from "../ports.ts";
import { LOWEST_PORT, meetPeer, type MeetPorts, type Met } from "./meet_peer.ts";

/** Of each kind. */
const MOST = 200;
const MET_KEPT_MS = 14 * DAY_MS;
const AT_ONCE = 4;
/** A minute for who was typed by hand, since somebody waits for that one. */
const LONGEST_PAUSE_MS = { "by-hand": 60_000, met: 600_000 };
/** That somebody still answers is written down this often. */
const WRITTEN_EVERY_MS = 3_600_000;

export interface KnownAddressPorts extends MeetPorts {
  readonly store: KnownAddressStore;
  readonly reach: Pick<ReachClient, "callback">;
  readonly clock: Clock;
  readonly log: Log;
  /** Where this peer answers others. */
  port(): number;
  /** How far the index of somebody who answered has got. */
  onMet?(peer: PeerId, index: IndexPosition): void;
}

/** What this run knows of one address. Times are monotonic milliseconds. */
interface Standing {
  readonly nextAt: number;
  /** Times in a row that it did not answer. */
  readonly failures: number;
  /** When this peer last refreshed the neighbour that answers there. */
  readonly refreshedAt: number;
  /** Whether the other side was told where this peer is, since it last did not answer. */
  readonly isTold: boolean;
}

const UNTRIED: Standing = { nextAt: 0, failures: 0, refreshedAt: -Infinity, isTold: false };

/**
 * Computers that are not found by themselves: their addresses are typed by hand, or remembered from earlier. Those that
 * nobody else tells of are asked again and again, and are present as long as they answer.
 */
export class KnownAddresses {
  readonly #known = new Map<string, KnownAddress>();
  readonly #standings = new Map<string, Standing>();
  /** When each was last written to the disk; milliseconds since 1970. */
  readonly #written = new Map<string, number>();
  /** Not remembered again in this run, though who is there stays present for a while. */
  readonly #forgotten = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();
  #wake = Promise.withResolvers<void>();
  #loop: Promise<void> = Promise.resolve();

  constructor(readonly ports: KnownAddressPorts) {
    ports.store.prune(ports.clock.now() - MET_KEPT_MS, MOST);
    for (const known of ports.store.list()) {
      this.#known.set(writeHostPort(known), known);
      this.#written.set(writeHostPort(known), known.at);
    }
  }

  start(): void {
    this.#loop = this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort(new EssaimError("cancelled", "This peer stops."));
    await this.#loop;
    await Promise.allSettled(this.#running.values());
    for (const known of this.#known.values()) this.#write(known);
  }

  /** Those typed by hand first. */
  list(): KnownAddressView[] {
    const present = new Map(this.ports.neighbours.present().map((neighbour) => [neighbour.peerId, neighbour]));
    const rank = ({ kind }: KnownAddress) => kind === "by-hand" ? 0 : 1;
    return [...this.#known.values()].sort((a, b) => rank(a) - rank(b) || b.at - a.at).map((known) => {
      const { kind, peerId, name, at, host, port } = known;
      const here = present.get(peerId);
      const isPresent = here?.host === host && here.port === port;
      return {
        ...{ address: writeHostPort(known), kind, peerId, name, present: isPresent },
        ...isPresent && here.user && { user: here.user },
        lastSeen: new Date(at).toISOString(),
      };
    });
  }

  /**
   * Looks who is there, and remembers it until it is removed. Throws `bad-input` (no address), `unreachable`,
   * `bad-content` (something else answers), `busy`, `conflict` (this very peer).
   */
  async connect(typed: string, signal: AbortSignal): Promise<Met> {
    const at = parseHostPort(typed);
    const address = writeHostPort(at);
    const met = await meetPeer(this.ports, at, signal).catch((caught) => {
      signal.throwIfAborted();
      throw explained(address, asEssaimError(caught));
    });
    if (this.#known.get(address)?.kind !== "by-hand") this.#refuseTooMany();
    this.#forgotten.delete(address);
    this.#met({ ...at, kind: "by-hand" }, met);
    await this.#tellWhereIAm(at, signal);
    this.#wake.resolve();
    return met;
  }

  /** Throws `not-found`. */
  remove(typed: string): void {
    const at = parseHostPort(typed);
    const address = writeHostPort(at);
    if (!this.#known.delete(address)) throw new EssaimError("not-found", `${address} is not remembered.`);
    this.#standings.delete(address);
    this.#written.delete(address);
    this.#forgotten.add(address);
    if (this.#forgotten.size > MOST) this.#forgotten.delete(this.#forgotten.values().next().value!);
    this.ports.store.remove(at);
  }

  #refuseTooMany(): void {
    const count = [...this.#known.values()].filter(({ kind }) => kind === "by-hand").length;
    if (count < MOST) return;
    throw new EssaimError("limited", `${MOST} addresses are remembered already. Remove one first.`);
  }

  async #run(): Promise<void> {
    const { clock, intervalMs } = this.ports;
    while (!this.#stop.signal.aborted) {
      this.#wake = Promise.withResolvers();
      this.#rememberMet();
      for (const known of this.#due()) this.#try(known);
      const early = new AbortController();
      const pause = clock.sleep(this.#pauseMs(intervalMs), AbortSignal.any([this.#stop.signal, early.signal]));
      await Promise.race([pause.catch(() => {}), this.#wake.promise]);
      early.abort();
    }
  }

  /** Whom others told of and who is present is known the next time too. */
  #rememberMet(): void {
    const { neighbours, clock } = this.ports;
    const elsewhere = new Map([...this.#known.values()].map((known) => [known.peerId, known]));
    for (const { peerId, host, port, name } of neighbours.present().slice(0, MOST).reverse()) {
      const known = elsewhere.get(peerId);
      if (this.#forgotten.has(writeHostPort({ host, port }))) continue;
      if (port < LOWEST_PORT || known?.kind === "by-hand" && (known.host !== host || known.port !== port)) continue;
      this.#keep({ host, port, kind: "met", peerId, name, at: clock.now() });
    }
  }

  #due(): KnownAddress[] {
    const now = this.ports.clock.monotonic();
    const free = AT_ONCE - this.#running.size;
    return [...this.#known].filter(([address, known]) =>
      !this.#running.has(address) && this.#dueAt(address, known) <= now
    ).map(([, known]) => known).sort((a, b) => Number(a.kind === "met") - Number(b.kind === "met") || b.at - a.at)
      .slice(0, Math.max(0, free));
  }

  #dueAt(address: string, { peerId }: KnownAddress): number {
    const { nextAt, refreshedAt } = this.#standings.get(address) ?? UNTRIED;
    const { neighbours, intervalMs } = this.ports;
    const { heardAt, until } = neighbours.get(peerId) ?? { heardAt: -Infinity, until: -Infinity };
    // Somebody else keeps it present: a beacon, the tracker, another of its addresses.
    return heardAt > refreshedAt ? Math.max(nextAt, until - intervalMs) : nextAt;
  }

  #pauseMs(longest: number): number {
    if (this.#running.size >= AT_ONCE) return longest; // the end of one wakes it
    const now = this.ports.clock.monotonic();
    let next = now + longest;
    for (const [address, known] of this.#known) {
      if (!this.#running.has(address)) next = Math.min(next, this.#dueAt(address, known));
    }
    return Math.max(1, next - now);
  }

  #try(known: KnownAddress): void {
    const address = writeHostPort(known);
    const work = this.#ask(address, known).finally(() => {
      this.#running.delete(address);
      this.#wake.resolve();
    });
    this.#running.set(address, work);
  }

  async #ask(address: string, known: KnownAddress): Promise<void> {
    const { signal } = this.#stop;
    try {
      const met = await meetPeer(this.ports, known, signal);
      if (!this.#known.has(address)) return; // removed meanwhile
      this.#met(known, met);
      if (!this.#standings.get(address)?.isTold) await this.#tellWhereIAm(known, signal);
    } catch (caught) {
      const { code, message } = asEssaimError(caught);
      if (signal.aborted || !this.#known.has(address)) return;
      if (code === "internal") this.ports.log.error("internal", `${address} could not be asked: ${message}`);
      if (code === "conflict" && known.kind === "met") this.remove(address); // its address is ours now
      else this.#missed(address, known);
    }
  }

  #met(known: Pick<KnownAddress, "host" | "port" | "kind">, met: Met): void {
    const { clock, intervalMs, neighbours, onMet } = this.ports;
    const { peerId, name } = met;
    const { host, port, kind } = known;
    const address = writeHostPort(known);
    this.#standings.set(address, {
      nextAt: clock.monotonic() + intervalMs,
      failures: 0,
      refreshedAt: neighbours.get(peerId)?.heardAt ?? -Infinity,
      isTold: this.#standings.get(address)?.isTold ?? false,
    });
    this.#keep({ host, port, kind, peerId, name, at: clock.now() });
    onMet?.(peerId, met.index);
  }

  #missed(address: string, { kind }: KnownAddress): void {
    const { clock, intervalMs } = this.ports;
    const failures = (this.#standings.get(address)?.failures ?? 0) + 1;
    const longest = Math.max(intervalMs, LONGEST_PAUSE_MS[kind]);
    const pause = Math.min(longest, intervalMs * 2 ** Math.min(failures - 1, 20)) * (0.75 + clock.random() / 2);
    this.#standings.set(address, { ...UNTRIED, nextAt: clock.monotonic() + pause, failures });
  }

  /** So that the other side, which may not hear of this peer either, sees it too. */
  async #tellWhereIAm(at: HostPort, signal: AbortSignal): Promise<void> {
    const { reach, self, port } = this.ports;
    const request: CallbackRequest = { peerId: self, port: port() };
    const told = await reach.callback(at, request, signal).catch((): CallbackReply | undefined => undefined);
    const address = writeHostPort(at);
    const standing = this.#standings.get(address);
    if (standing && told !== undefined) this.#standings.set(address, { ...standing, isTold: true });
  }

  #keep(fresh: KnownAddress): void {
    const { clock } = this.ports;
    const address = writeHostPort(fresh);
    const before = this.#known.get(address);
    const known: KnownAddress = { ...fresh, kind: before?.kind === "by-hand" ? "by-hand" : fresh.kind };
    this.#known.delete(address);
    this.#known.set(address, known);
    for (const [elsewhere, other] of this.#known) {
      if (other.kind === "met" && other.peerId === known.peerId && elsewhere !== address) this.#drop(elsewhere);
    }
    const isNews = before?.peerId !== known.peerId || before.name !== known.name || before.kind !== known.kind;
    if (isNews || clock.now() - (this.#written.get(address) ?? 0) >= WRITTEN_EVERY_MS) this.#write(known);
    const met = [...this.#known].filter(([, { kind }]) => kind === "met").sort(([, a], [, b]) => b.at - a.at);
    for (const [oldest] of met.slice(MOST)) this.#drop(oldest);
  }

  #drop(address: string): void {
    const known = this.#known.get(address);
    this.#known.delete(address);
    this.#standings.delete(address);
    this.#written.delete(address);
    if (known) this.ports.store.remove(known);
  }

  #write(known: KnownAddress): void {
    const address = writeHostPort(known);
    if (this.#written.get(address) === known.at) return;
    try {
      this.ports.store.put(known);
      this.#written.set(address, known.at);
    } catch (error) {
      const { code, message } = asEssaimError(error);
      this.ports.log.warning("address-not-kept", `${address} is remembered until this program stops: ${message}`, {
        code,
      });
    }
  }
}

function explained(address: string, cause: EssaimError): EssaimError {
  const { code, retryAfterMs } = cause;
  switch (code) {
    case "unreachable":
      return new EssaimError(
        code,
        `${address} does not answer. Check the address, that Essaim runs there, and that both computers are on networks that reach each other.`,
        { cause },
      );
    case "busy":
      return new EssaimError(code, `${address} is busy. Try again in a moment.`, {
        cause,
        ...retryAfterMs !== undefined && { retryAfterMs },
      });
    case "conflict":
      return new EssaimError(code, `${address} is this very computer. Give the address of another one.`, { cause });
    case "internal":
      return cause;
    default:
      return new EssaimError(
        "bad-content",
        `${address} answers, but is no Essaim peer. Check the port: that of a peer is 5001 or a little higher, as "essaim doctor" says there.`,
        { cause },
      );
  }
}
