import { asEssaimError } from "../core/errors.ts";
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
  for (let wait = FIRST_WAIT_MS;; wait = Math.min(LONGEST_WAIT_MS, wait * 2)) {
    const left = [...await find(signal)];
    const enough = new AbortController();
    const either = AbortSignal.any([signal, enough.signal]);
    let found: { manifest: Manifest; hashes: Uint8Array } | undefined;
    const askInTurn = async () => {
      for (let peer = left.shift(); peer !== undefined && !either.aborted; peer = left.shift()) {
        const address = addressOf(peer);
        if (!address) continue;
        try {
          const manifest = await peers.manifest(address, file, either);
          const hashes = verifyHashList(manifest, await peers.hashes(address, manifest, either), hash);
          found ??= { manifest, hashes };
          enough.abort();
        } catch (error) {
          const { code, message } = asEssaimError(error);
          log.debug("manifest-not-given", `${peer} gave no manifest of ${file}: ${message}`, { code });
        }
      }
    };
    await Promise.all(Array.from({ length: ASKED_AT_ONCE }, askInTurn));
    signal.throwIfAborted();
    if (found) return found;
    onWait();
    await clock.sleep(wait, signal);
  }
}
