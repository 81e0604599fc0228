import type { Announce, IndexPosition } from "./messages.ts";

/** Whether the records continue what is known: from the beginning, or from a place in the same epoch reached already. */
export function fits({ index }: Announce, known: IndexPosition | undefined): boolean {
  if (index.from === 0) return true;
  return known?.epoch === index.epoch && index.from <= known.version && known.version <= index.to;
}

/**
 * Where the peer goes on: after what is known of this epoch. A peer that knows less of its own index than the tracker (a
 * restored copy of its database) begins again.
 */
export function continueFrom({ index }: Announce, known: IndexPosition | undefined): IndexPosition {
  const isContinued = known?.epoch === index.epoch && known.version <= index.to;
  return { epoch: index.epoch, version: isContinued ? known.version : 0 };
}

export function samePosition(a: IndexPosition | undefined, b: IndexPosition | undefined): boolean {
  return a?.epoch === b?.epoch && a?.version === b?.version;
}
