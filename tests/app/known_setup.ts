import { CallBack } from "../../lib/app/call_back.ts";
import { KnownAddresses } from "../../lib/app/known_addresses.ts";
import { Neighbours } from "../../lib/app/neighbours.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { PeerId } from "../../lib/core/ids.ts";
import { type HostPort, writeHostPort } from "../../lib/core/known_address.ts";
import type { Hello } from "../../lib/core/messages.ts";
import type { KnownAddress, KnownAddressStore } from "../../lib/discovery_ports.ts";
import type { Address } from "../../lib/ports.ts";
import { FakeClass, FakeLog, hexId, PatientClock, peerId } from "../fakes.ts";

export const SELF = peerId(1);
export const INTERVAL = 10_000;

export interface Place {
  readonly peer: PeerId;
  readonly name: string;
  readonly memberPort?: number;
  readonly certificate?: Hello["certificate"];
  /** What it answers instead. */
  fails?: "unreachable" | "bad-content" | "not-found" | "busy";
}

export class MemoryAddresses implements KnownAddressStore {
  readonly rows = new Map<string, KnownAddress>();
  list = () => [...this.rows.values()];
  put = (known: KnownAddress) => void this.rows.set(writeHostPort(known), known);
  remove = (at: HostPort) => void this.rows.delete(writeHostPort(at));
  prune = (since: number) => {
    for (const [key, { kind, at }] of this.rows) if (kind === "met" && at < since) this.rows.delete(key);
  };
}

/** Other computers by "HOST:PORT"; who is not among them does not answer. Answers wait while `held`. */
export class Known {
  readonly clock = new PatientClock();
  readonly log = new FakeLog();
  readonly class = new FakeClass(this.clock);
  readonly neighbours = new Neighbours(SELF, this.clock);
  readonly places = new Map<string, Place>();
  readonly store = new MemoryAddresses();
  /** "hello HOST:PORT", "secure HOST:PORT", "callback HOST:PORT PORT", in order. */
  readonly asked: string[] = [];
  readonly positions: string[] = [];
  held: Promise<void> | undefined;
  atOnce = 0;
  mostAtOnce = 0;

  readonly peers = {
    hello: async (at: Address): Promise<Hello> => {
      const key = writeHostPort(at);
      this.asked.push(`${at.secure === undefined ? "hello" : "secure"} ${key}`);
      this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
      await this.held;
      this.atOnce--;
      const secure = [...this.places].find(([place, { memberPort }]) =>
        at.secure !== undefined && memberPort === at.port && place.startsWith(`${at.host}:`)
      )?.[1];
      const place = secure ?? this.places.get(key);
      if (place === undefined) throw new EssaimError("unreachable", "Nobody.");
      if (place.fails) throw new EssaimError(place.fails, "Not now.", { retryAfterMs: 100 });
      return {
        ...{ peerId: place.peer, name: place.name, software: "essaim/test" },
        index: { epoch: hexId(1, 32), version: 7 },
        ...place.memberPort !== undefined && { memberPort: place.memberPort },
        ...secure?.certificate !== undefined && { certificate: secure.certificate },
      };
    },
  };

  readonly meeting = {
    ...{ self: SELF, peers: this.peers, members: this.class, neighbours: this.neighbours },
    intervalMs: INTERVAL,
  };

  readonly reach = {
    callback: (at: HostPort, { port }: { port: number }) => {
      this.asked.push(`callback ${writeHostPort(at)} ${port}`);
      return Promise.resolve({ reachable: true });
    },
  };

  open(): KnownAddresses {
    return new KnownAddresses({
      ...{ ...this.meeting, store: this.store, reach: this.reach, clock: this.clock, log: this.log },
      port: () => 5001,
      onMet: (peer, { version }) => this.positions.push(`${peer.slice(-1)} ${version}`),
    });
  }

  callBack(): CallBack {
    return new CallBack({ ...this.meeting, clock: this.clock });
  }

  present(): string[] {
    return this.neighbours.present().map(({ name, host, port, user }) =>
      `${name} ${host}:${port}${user ? " member" : ""}`
    );
  }

  hellos(): string[] {
    return this.asked.splice(0).filter((line) => line.startsWith("hello")).map((line) => line.slice(6));
  }

  /** Lets everything happen that waits for no time, then moves the clock. */
  async pass(ms: number, step = 1_000): Promise<void> {
    for (let left = ms; left > 0; left -= step) {
      await settled();
      this.clock.advance(Math.min(step, left));
    }
    await settled();
  }
}

export async function settled(): Promise<void> {
  for (let turn = 0; turn < 60; turn++) await Promise.resolve();
}
