import { EssaimError } from "../core/errors.ts";
import type { SearchReply } from "../core/messages.ts";
import type { TrackerClient } from "../ports.ts";

/** Searches what others share. Throws `unreachable` when there is nobody to ask. */
export class FindFiles {
  constructor(readonly tracker: TrackerClient | undefined) {}

  async search(
    query: string,
    cursor: string | undefined,
    signal: AbortSignal,
  ): Promise<SearchReply & { from: "tracker" }> {
    if (!this.tracker) {
      throw new EssaimError(
        "unreachable",
        "No tracker is set, so there is nobody to ask. Set peer.tracker or --tracker.",
      );
    }
    return { ...await this.tracker.search(query, cursor, signal), from: "tracker" };
  }
}
