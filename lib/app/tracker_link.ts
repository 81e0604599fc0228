import { asEssaimError, EssaimError } from "../core/errors.ts";
import type { TrackerClient } from "../ports.ts";

/** The tracker as it is reached now: by anyone, or as a member of its class; that may change while this peer runs. */
export class TrackerLink implements TrackerClient {
  readonly announceSigned = this.#ask("announceSigned");
  readonly announce = this.#ask("announce");
  readonly search = this.#ask("search");
  readonly filePeers = this.#ask("filePeers");
  readonly counts = this.#ask("counts");
  readonly lease = this.#ask("lease");
  readonly members = this.#ask("members");
  readonly deviceCode = this.#ask("deviceCode");
  readonly revocations = this.#ask("revocations");

  /** `client`: undefined while no tracker is set. `onUnreachable` may find out where it has gone; it must not throw. */
  constructor(readonly client: () => TrackerClient | undefined, readonly onUnreachable: () => void) {}

  #ask<Name extends keyof TrackerClient>(name: Name): TrackerClient[Name] {
    const ask = async (...asked: unknown[]): Promise<unknown> => {
      const client = this.client();
      if (client === undefined) {
        const why = "No tracker is set, so it cannot be asked. Set peer.tracker or --tracker.";
        throw new EssaimError("unreachable", why);
      }
      try {
        return await (client[name] as (...asked: unknown[]) => Promise<unknown>)(...asked);
      } catch (error) {
        if (asEssaimError(error).code === "unreachable") this.onUnreachable();
        throw error;
      }
    };
    return ask as unknown as TrackerClient[Name];
  }
}
