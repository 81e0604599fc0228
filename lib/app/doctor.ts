import { asEssaimError, EssaimError } from "../core/errors.ts";
import { type CardFact, diagnose, type DoctorFacts, type DoctorLine, type PeerFact } from "../core/doctor.ts";
import type { DoctorView } from "../core/doctor_messages.ts";
import type { PeerId } from "../core/ids.ts";
import { type HostPort, type KnownAddressView, parseHostPort } from "../core/known_address.ts";
import type { DiscoveryFacts, EchoFacts, ReachClient, Timed } from "../discovery_ports.ts";
import type { Clock, Log } from "../ports.ts";
import type { MembershipView } from "./membership_view.ts";
import type { Neighbours } from "./neighbours.ts";

/** A whole run; what is not known by then counts as unknown. */
const WITHIN_MS = 9_000;
const HELLO_WITHIN_MS = 1_500;
/** A "no" takes the other side two seconds. */
const CALLBACK_WITHIN_MS = 3_000;
const MOST_PEERS = 30;
const AT_ONCE = 12;

export interface DoctorPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly self: PeerId;
  readonly reach: ReachClient;
  readonly neighbours: Neighbours;
  /** Computers whose address was typed by hand are looked at too when they are away. */
  known(): readonly KnownAddressView[];
  readonly membership: Pick<MembershipView, "current" | "standing">;
  cards(): CardFact[];
  /** Where this peer listens for others. */
  listening(): HostPort;
  /** Undefined: this program cannot say. */
  discovery(): DiscoveryFacts | undefined;
  /** Sends something to everybody on each network and listens whether it comes back. */
  echo(signal: AbortSignal): Promise<EchoFacts>;
  /** Bytes free where downloads go; undefined where that is not told. */
  diskFree(): Promise<number | undefined>;
  readonly tracker: {
    /** As configured, without a slash at the end; "" for none. */
    url(): string;
    /** Whether it takes this peer's announces. */
    isOnline(): boolean;
    /** Asks it something as a member of the class. */
    askAsMember(signal: AbortSignal): Promise<unknown>;
  };
}

interface Other extends HostPort {
  readonly peerId: PeerId | undefined;
  readonly name: string;
}

const UNKNOWN_ECHO: EchoFacts = { broadcast: undefined, multicast: undefined };

/** Looks at the network around this computer, when asked; one run at a time, which ends within ten seconds, whatever hangs. */
export class Doctor {
  #lines: readonly DoctorLine[] = [];
  #at: string | undefined;
  #done = 0;
  #total = 0;
  #running: Promise<void> | undefined;
  readonly #stop = new AbortController();

  constructor(readonly ports: DoctorPorts) {}

  view(): DoctorView {
    return {
      state: this.#running ? "running" : this.#at === undefined ? "idle" : "done",
      ...{ done: this.#done, total: this.#total, lines: [...this.#lines] },
      ...this.#at !== undefined && { at: this.#at },
    };
  }

  /** Joins the run that is under way, if there is one. Never rejects. */
  run(): Promise<void> {
    this.#running ??= this.#examine().catch((caught) => {
      if (this.#stop.signal.aborted) return;
      this.ports.log.error("internal", `The network could not be looked at: ${asEssaimError(caught).message}`);
    }).finally(() => this.#running = undefined);
    return this.#running;
  }

  async close(): Promise<void> {
    this.#stop.abort(new EssaimError("cancelled", "This peer stops."));
    await this.#running;
  }

  async #examine(): Promise<void> {
    const { clock } = this.ports;
    const end = new AbortController();
    const signal = AbortSignal.any([this.#stop.signal, end.signal]);
    clock.sleep(WITHIN_MS, signal).then(() => end.abort(), () => {});
    try {
      const facts = await this.#facts(signal);
      this.#stop.signal.throwIfAborted();
      this.#lines = diagnose(facts);
      this.#at = new Date(clock.now()).toISOString();
    } finally {
      end.abort();
    }
  }

  async #facts(signal: AbortSignal): Promise<DoctorFacts> {
    const { echo, diskFree, cards, listening, discovery, clock } = this.ports;
    const others = this.#others();
    this.#done = 0;
    this.#total = others.length + 3;
    const over = aborted(signal);
    const step = async <T>(work: Promise<T>, otherwise: T): Promise<T> => {
      const result = await Promise.race([work.catch(() => otherwise), over.then(() => otherwise)]);
      this.#done++;
      return result;
    };
    const aheadMs: number[] = [];
    const silent = { kind: "silent", url: this.ports.tracker.url() } as const;
    const [heard, peers, tracker, free] = await Promise.all([
      step(echo(signal), UNKNOWN_ECHO),
      this.#askAll(others, signal, aheadMs),
      step(this.#askTracker(signal, aheadMs), silent),
      step(diskFree(), undefined),
    ]);
    const found = discovery();
    return {
      ...{ cards: cards(), listening: listening(), discovery: found, echo: heard, peers, tracker, aheadMs },
      beaconHosts: found?.hosts ?? [],
      diskFree: free,
      class: this.#class(),
      now: clock.now(),
    };
  }

  #others(): Other[] {
    const present: Other[] = this.ports.neighbours.present();
    const places = new Set(present.map(({ peerId }) => peerId));
    const away = this.ports.known().filter(({ kind, peerId }) => kind === "by-hand" && !places.has(peerId));
    return [
      ...away.map(({ address, peerId, name }) => ({ ...parseHostPort(address), peerId, name: name ?? address })),
      ...present,
    ].slice(0, MOST_PEERS);
  }

  /** Those not asked in time are left out. */
  async #askAll(others: readonly Other[], signal: AbortSignal, aheadMs: number[]): Promise<PeerFact[]> {
    const facts = new Map<Other, PeerFact>();
    const waiting = others.values();
    const worker = async () => {
      for (const other of waiting) {
        if (signal.aborted) return;
        const fact = await this.#askPeer(other, signal, aheadMs);
        if (fact) facts.set(other, fact);
        this.#done++;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return others.flatMap((other) => facts.get(other) ?? []);
  }

  async #askPeer(other: Other, signal: AbortSignal, aheadMs: number[]): Promise<PeerFact | undefined> {
    const { reach } = this.ports;
    const at = { host: other.host, port: other.port };
    const { name, host } = other;
    try {
      const { said } = await this.#timed(
        (within) => reach.hello(at, within),
        within(signal, HELLO_WITHIN_MS),
        aheadMs,
      );
      const isIt = other.peerId === undefined || said.peerId === other.peerId;
      if (!isIt) return { name, host, reached: "other", reachesUs: undefined };
    } catch (caught) {
      if (signal.aborted) return undefined;
      const { code } = asEssaimError(caught);
      if (code === "busy") return { name, host, reached: "yes", reachesUs: undefined };
      const isOther = code === "bad-content" || code === "not-found" || code === "unauthorized";
      return { name, host, reached: isOther ? "other" : "no", reachesUs: undefined };
    }
    return { name, host, reached: "yes", reachesUs: await this.#callback(at, signal) };
  }

  async #callback(at: HostPort, signal: AbortSignal, isSecond = false): Promise<boolean | undefined> {
    const { reach, self, listening, clock } = this.ports;
    try {
      const request = { peerId: self, port: listening().port };
      return (await reach.callback(at, request, within(signal, CALLBACK_WITHIN_MS))).reachable;
    } catch (caught) {
      const { code, retryAfterMs = 1_000 } = asEssaimError(caught);
      if (code !== "busy" || isSecond || retryAfterMs > CALLBACK_WITHIN_MS || signal.aborted) return undefined;
      // Not all of those sent away at once come back at once.
      await clock.sleep(retryAfterMs * (1 + clock.random() / 2), signal).catch(() => {});
      return await this.#callback(at, signal, true);
    }
  }

  async #askTracker(signal: AbortSignal, aheadMs: number[]): Promise<DoctorFacts["tracker"]> {
    const { reach, tracker, membership } = this.ports;
    const url = tracker.url();
    if (url === "") return { kind: "none" };
    try {
      const { said } = await this.#timed((signal) => reach.classOf(url, signal), within(signal, 3_000), aheadMs);
      const members = membership.current?.class.id === said.class ? await this.#askAsMember(signal) : undefined;
      return {
        ...{ kind: "answers", url, members, memberPort: said.memberPort },
        class: { id: said.class, name: said.name },
      };
    } catch (caught) {
      const { code } = asEssaimError(caught);
      if (code === "busy" || code !== "unreachable" && tracker.isOnline()) {
        return { kind: "answers", url, class: undefined, members: undefined, memberPort: undefined };
      }
      const isOther = code === "bad-content" || code === "not-found" || code === "unauthorized";
      return { kind: isOther ? "wrong" : "silent", url };
    }
  }

  async #askAsMember(signal: AbortSignal): Promise<"answers" | "silent" | "refused" | undefined> {
    try {
      await this.ports.tracker.askAsMember(within(signal, 3_000));
      return "answers";
    } catch (caught) {
      const { code } = asEssaimError(caught);
      if (code === "busy") return "answers";
      return code === "unauthorized" || code === "removed" || code === "not-found" ? "refused" : "silent";
    }
  }

  /** Notes how far this clock is ahead; a header says whole seconds, the half is added. */
  async #timed<T>(
    ask: (signal: AbortSignal) => Promise<Timed<T>>,
    signal: AbortSignal,
    aheadMs: number[],
  ): Promise<Timed<T>> {
    const { clock } = this.ports;
    const before = clock.now();
    const answer = await ask(signal);
    if (answer.date !== undefined) aheadMs.push((before + clock.now()) / 2 - (answer.date + 500));
    return answer;
  }

  #class(): DoctorFacts["class"] {
    const { current, standing } = this.ports.membership;
    if (current) return { kind: "member", ...current.class, until: current.me.notAfter };
    return standing ? { kind: "removed", name: standing.name } : { kind: "none" };
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}

function within(signal: AbortSignal, ms: number): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(ms)]);
}
