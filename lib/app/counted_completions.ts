import type { PeerId } from "../core/ids.ts";
import type { Announce, Completion } from "../core/messages.ts";

/** Completions remembered over all peers; a peer tells again only what it told last. */
const MAX_REMEMBERED = 20_000;

/** Which finished downloads were counted: a peer whose answer got lost tells them again, over its restarts too. */
export class CountedCompletions {
  readonly #counted = new Set<string>();

  uncounted({ peerId, completed }: Announce): Completion[] {
    const told = new Map(completed.map((completion) => [completion.id, completion]));
    return [...told.values()].filter(({ id }) => !this.#counted.has(`${peerId}/${id}`));
  }

  count(peerId: PeerId, completed: readonly Completion[]): void {
    for (const { id } of completed) this.#counted.add(`${peerId}/${id}`);
    for (const oldest of this.#counted) {
      if (this.#counted.size <= MAX_REMEMBERED) break;
      this.#counted.delete(oldest);
    }
  }
}
