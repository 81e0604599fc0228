import type { Reach } from "./core/beacon_times.ts";
import type { CallbackReply, CallbackRequest, HostPort } from "./core/known_address.ts";
import type { ClassInfo } from "./core/class_messages.ts";
import type { PeerId } from "./core/ids.ts";
import type { Hello } from "./core/messages.ts";

/** Where a peer answered, kept over restarts. */
export interface KnownAddress extends HostPort {
  /** `by-hand`: somebody typed it; kept until it is removed. `met`: kept for some days after it last answered. */
  readonly kind: "by-hand" | "met";
  /** Who answered there last. */
  readonly peerId: PeerId;
  readonly name: string;
  /** When it last answered, milliseconds since 1970. */
  readonly at: number;
}

export interface KnownAddressStore {
  /** Those typed by hand first, then the latest met. */
  list(): KnownAddress[];
  /** Another address where the same peer was met is forgotten; what was typed by hand stays so. */
  put(known: KnownAddress): void;
  remove(at: HostPort): void;
  /** Forgets those met that last answered before `since`, and the oldest over `most` of each kind. */
  prune(since: number, most: number): void;
}

/** An answer, and what the clock of whoever gave it says (milliseconds since 1970), to the second. */
export interface Timed<T> {
  readonly said: T;
  readonly date: number | undefined;
}

/** Asks other computers over plain HTTP whether and how they answer. Errors as in `PeerClient`. */
export interface ReachClient {
  hello(at: HostPort, signal: AbortSignal): Promise<Timed<Hello>>;
  /** Whether that peer reaches the asker. */
  callback(at: HostPort, request: CallbackRequest, signal: AbortSignal): Promise<CallbackReply>;
  /** What the tracker at this address says of its class. */
  classOf(tracker: string, signal: AbortSignal): Promise<Timed<ClassInfo>>;
}

/** How finding others without the tracker goes, in numbers since the start. */
export interface DiscoveryFacts {
  /** `off`: by configuration. `port-taken`: another program has the port. `failed`: for another reason, `lastError`. */
  readonly state: "on" | "off" | "port-taken" | "failed";
  readonly port: number;
  readonly sent: number;
  /** Beacons of other computers, by how they came. */
  readonly heardBroadcast: number;
  readonly heardMulticast: number;
  readonly dropped: number;
  /** Addresses of which a beacon was heard lately. */
  readonly hosts: readonly string[];
  readonly lastError?: string | undefined;
}

/** Whether this computer hears what it sends itself to everybody; undefined where that could not be tried. */
export interface EchoFacts {
  readonly broadcast: boolean | undefined;
  readonly multicast: boolean | undefined;
}

/** A datagram that may be a beacon. `bytes` are only valid until the listener returns. */
export interface Datagram {
  readonly bytes: Uint8Array;
  /** The address that it came from: of this computer, or of another one on a network that this computer is on. */
  readonly from: string;
  readonly way: "loopback" | "broadcast" | "multicast";
  /** Whether it came from this computer. */
  readonly isOwn: boolean;
}

export interface BeaconListener {
  heard(datagram: Datagram): void;
  /** This computer is on other networks than before, or has other addresses there. */
  moved(): void;
}

/** Tells and hears beacons on every network of this computer. Nothing here ever throws or rejects. */
export interface BeaconSocket {
  readonly port: number;
  readonly state: "on" | "port-taken" | "failed";
  /** Datagrams that were sent, and those that came and were not passed on. */
  readonly sent: number;
  readonly dropped: number;
  readonly lastError: string | undefined;
  open(listener: BeaconListener): void;
  /** `multicast`: to the networks also in this way. */
  send(bytes: Uint8Array, reach: Reach, multicast: boolean): Promise<void>;
  close(): Promise<void>;
}
