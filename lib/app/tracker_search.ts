import type { KeptMembership } from "../class_ports.ts";
import type { ClassId } from "../core/class_messages.ts";
import { asEssaimError } from "../core/errors.ts";
import type { Clock, Log } from "../ports.ts";
import type { JoinPorts } from "./join_class.ts";

const LOOKED_AGAIN_AFTER_MS = 2_000;
/** Addresses where trackers of the class are heard that are tried in a row. */
const MAX_HEARD = 4;

/** Where the tracker of the class answers its members. */
export type TrackerPlace = Pick<KeptMembership, "tracker" | "memberPort">;

export interface TrackerSearchPorts extends Pick<JoinPorts, "introduce"> {
  readonly clock: Clock;
  readonly log: Log;
  /** The class now; undefined in none. */
  classId(): ClassId | undefined;
  /** Addresses from which trackers say to be of this class, the latest first. Nothing of it is proved. */
  heardTrackers(id: ClassId): readonly string[];
  /** From now on, and after the next start. */
  useTracker(url: string): Promise<void>;
  /**
   * Asks for another certificate, `at` another place than where the tracker was; once it has answered there, that is kept.
   * Throws `removed`, `unreachable`.
   */
  renew(at?: TrackerPlace): Promise<void>;
  keepPort(memberPort: number): Promise<void>;
}

/**
 * Looks for the tracker of the class when it does not answer its member. It may answer elsewhere, after a restart, or with
 * another address of its computer; that is only a hint, since who answers there has to prove to be it. Or this computer was
 * removed, or its certificate has ended: then it says so when asked.
 */
export class TrackerSearch {
  /** Infinity while one runs. */
  #endedAt = -Infinity;

  constructor(readonly ports: TrackerSearchPorts, readonly signal: AbortSignal) {}

  /** Rejects when it is not found; does nothing while it is looked for, and shortly afterwards. */
  async begin(known: TrackerPlace): Promise<void> {
    const { clock } = this.ports;
    if (clock.monotonic() - this.#endedAt < LOOKED_AGAIN_AFTER_MS) return;
    this.#endedAt = Infinity;
    try {
      await this.#find(known);
    } finally {
      this.#endedAt = clock.monotonic();
    }
  }

  async #find(known: TrackerPlace): Promise<void> {
    const { introduce, renew, keepPort } = this.ports;
    try {
      const { info: { memberPort } } = await introduce(known.tracker, this.signal);
      if (memberPort === known.memberPort) await renew();
      else await keepPort(memberPort);
    } catch (error) {
      if (asEssaimError(error).code === "removed" || !await this.#hasMoved(known)) throw error;
    }
  }

  /** Whether it proved to be at an address where it is heard, which is used from then on. */
  async #hasMoved(known: TrackerPlace): Promise<boolean> {
    const { introduce, classId, heardTrackers, renew, useTracker, log } = this.ports;
    const id = classId();
    const heard = id === undefined ? [] : heardTrackers(id);
    for (const tracker of heard.filter((url) => url !== known.tracker).slice(0, MAX_HEARD)) {
      try {
        const { info: { memberPort } } = await introduce(tracker, this.signal);
        await renew({ tracker, memberPort });
      } catch (error) {
        if (asEssaimError(error).code === "removed") throw error;
        continue;
      }
      await useTracker(tracker);
      log.info("tracker-moved", "The tracker of the class has another address than before.", { tracker });
      return true;
    }
    return false;
  }
}
