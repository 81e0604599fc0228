import { asEssaimError, EssaimError } from "../core/errors.ts";
import type { FileId, Hash, PeerId } from "../core/ids.ts";
import { type Manifest, verifyHashList } from "../core/manifest.ts";
import type { Address, Clock, Log, PeerClient } from "../ports.ts";

/** Wait between rounds in which no source gave it: from the first to the longest. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;
/** So that one that stalls does not hold up the others. */
const ASKED_AT_ONCE = 4;

export interface ManifestTools {
  readonly peers: PeerClient;
  readonly hash: Hash;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The manifest and its proved hash list, from whichever source gives them first; keeps asking until one does. `onWait` is
 * called when a whole round was in vain. Rejects only by the signal.
 */
export async function fetchManifest(
  { peers, hash, clock, log }: ManifestTools,
  file: FileId,
  find: (signal: AbortSignal) => Promise<PeerId[]>,
  addressOf: (peer: PeerId) => Address | undefined,
  onWait: () => void,
  signal: AbortSignal,
): Promise<{ manifest: Manifest; hashes: Uint8Array }> {
  const ask = async (peer: PeerId, signal: AbortSignal) => {
    try {
      const address = addressOf(peer);
      if (!address) throw new EssaimError("unreachable", "Its address is not known.");
      const manifest = await peers.manifest(address, file, signal);
      return { manifest, hashes: verifyHashList(manifest, await peers.hashes(address, manifest, signal), hash) };
    } catch (error) {
      const { code, message } = asEssaimError(error);
      if (!signal.aborted) log.debug("manifest-not-given", `${peer} gave no manifest of ${file}: ${message}`, { code });
      throw error;
    }
  };
  for (let wait = FIRST_WAIT_MS;; wait = Math.min(LONGEST_WAIT_MS, wait * 2)) {
    const left = shuffled(await find(signal), clock);
    const enough = new AbortController();
    const either = AbortSignal.any([signal, enough.signal]);
    const askInTurn = async (): Promise<Awaited<ReturnType<typeof ask>>> => {
      for (let peer = left.shift(); peer !== undefined; peer = left.shift()) {
        either.throwIfAborted();
        const given = await ask(peer, either).catch(() => undefined);
        if (given) return given;
      }
      throw new EssaimError("no-source", "Nobody gave it.");
    };
    const askers = Array.from({ length: ASKED_AT_ONCE }, askInTurn);
    const given = await Promise.any(askers).catch(() => undefined);
    enough.abort();
    await Promise.allSettled(askers);
    if (given) return given;
    signal.throwIfAborted();
    onWait();
    await clock.sleep(wait, signal);
  }
}

function shuffled<T>(list: readonly T[], clock: Clock): T[] {
  return list.map((value) => ({ value, roll: clock.random() })).sort((a, b) => a.roll - b.roll).map(({ value }) =>
    value
  );
}
