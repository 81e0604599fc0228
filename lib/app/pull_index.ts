import { EssaimError } from "../core/errors.ts";
import type { PeerId } from "../core/ids.ts";
import type { IndexPage, IndexPosition } from "../core/messages.ts";
import { type Caller, mayRead } from "../core/permission.ts";
import { isRestricted, type ShareRecord, type SignedRecord } from "../core/share_record.ts";
import type { Address, Log, PeerClient } from "../ports.ts";
import type { NeighbourChange, NeighbourStore } from "../store_ports.ts";
import { Owners, type ProvingPorts } from "./owners.ts";

/** Shares kept of one neighbour, as many as a tracker takes. */
const MAX_SHARES = 250_000;
const MAX_BYTES = 256 * 1024 * 1024;
/** Written at once; between them others have their turn. */
const WRITTEN_AT_ONCE = 100;
/** More pages than the longest index has, with as many shares taken back. */
const MAX_PAGES = 1_000;

export interface PullPorts extends ProvingPorts {
  readonly store: NeighbourStore;
  readonly peers: Pick<PeerClient, "index">;
  readonly log: Log;
}

/** One neighbour, how it is asked, and as whom: see `NeighbourIndex.askedAs`. */
export interface Pulled {
  readonly peerId: PeerId;
  readonly name: string;
  readonly at: Address;
  readonly askedAs: string;
  readonly reader: Caller;
  /** Milliseconds since 1970. */
  now(): number;
}

/**
 * Brings what is known of a neighbour's index up to date, page by page, so that it is exactly what the neighbour shows to
 * this asker. What proves nothing is left out. Throws what the client throws, `bad-record`, `limited`.
 */
export async function pullIndex(ports: PullPorts, pulled: Pulled, signal: AbortSignal): Promise<void> {
  const { store, peers } = ports;
  const { peerId, askedAs, at } = pulled;
  const known = store.get(peerId);
  let since = known?.askedAs === askedAs ? known.position : undefined;
  let isWhole = since === undefined;
  /** What was here before is gone, if it had to go. */
  let isClean = known === undefined || !isWhole;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await peers.index(at, since, signal);
    if (since !== undefined && (page.epoch !== since.epoch || page.version < since.version)) {
      if (isWhole) throw new EssaimError("bad-content", "Its index began again while it was read.");
      [since, isWhole, isClean] = [undefined, true, false];
      continue;
    }
    const part = await prove(ports, pulled, page);
    signal.throwIfAborted();
    if (!isClean) {
      store.restart(peerId);
      await dropShares(store, peerId, "all");
      isClean = true;
    }
    await write(store, pulled, part, signal);
    if (!page.more) return;
    if (since !== undefined && page.version <= since.version) break;
    since = { epoch: page.epoch, version: page.version };
  }
  throw new EssaimError("bad-content", "Its index has no end.");
}

/** In small steps, since an index may be long. */
export async function dropShares(store: NeighbourStore, peer: PeerId, what: "all" | "restricted"): Promise<void> {
  while (store.drop(peer, what, WRITTEN_AT_ONCE) > 0) await nextTurn();
}

type Part = Pick<NeighbourChange, "proof" | "records"> & { readonly end: IndexPosition };

async function prove(ports: PullPorts, pulled: Pulled, page: IndexPage): Promise<Part> {
  const { log } = ports;
  const { peerId } = pulled;
  const owners = await Owners.of(page, ports);
  const key = owners.keyOf(peerId);
  if (key === undefined || ports.signatures.peerIdOf(key) !== peerId) {
    throw new EssaimError("bad-record", "It does not give the key of its index.");
  }
  const proof = { key, certificate: owners.members.get(peerId)?.certificate };
  const records: SignedRecord[] = [];
  let refused = 0;
  for (const jws of page.records) {
    const read = await owners.read(jws).catch(() => undefined);
    if (read?.record.owner === peerId) records.push(shown(read, pulled));
    else refused++;
  }
  if (refused > 0) {
    log.warning("record-refused", `${peerId} sent ${refused} records that prove nothing.`, { peer: peerId, refused });
  }
  return { proof, records, end: { epoch: page.epoch, version: page.version } };
}

async function write(
  store: NeighbourStore,
  { peerId, name, askedAs, now }: Pulled,
  { proof, records, end }: Part,
  signal: AbortSignal,
): Promise<void> {
  const before = store.get(peerId);
  for (let first = 0; first === 0 || first < records.length; first += WRITTEN_AT_ONCE) {
    signal.throwIfAborted();
    const isLast = first + WRITTEN_AT_ONCE >= records.length;
    const { shares = 0, bytes = 0 } = store.get(peerId) ?? {};
    if (shares >= MAX_SHARES || bytes >= MAX_BYTES) {
      throw new EssaimError("limited", "It shares more than is kept of one computer.");
    }
    const position = isLast ? end : before?.askedAs === askedAs ? before.position : undefined;
    const some = records.slice(first, first + WRITTEN_AT_ONCE);
    store.put({ peerId, name, askedAs, proof, position, lastSeen: now(), records: some });
    if (!isLast) await nextTurn();
  }
}

/** What is not for this asker counts as taken back. Its owner left it out; if not, it is left out here. */
function shown({ record, jws }: SignedRecord, { askedAs, reader }: Pulled): SignedRecord {
  if (record.deleted) return { record, jws };
  const isShown = mayRead(reader, record).allow && !(isRestricted(record) && askedAs === "");
  const { shareId, owner, version, at } = record;
  return { record: isShown ? record : { shareId, owner, version, at, deleted: true } satisfies ShareRecord, jws };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
