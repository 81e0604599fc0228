import { belongs } from "../core/audience.ts";
import { type IndexPage, MAX_INDEX_PAGE } from "../core/messages.ts";
import { type Caller, mayRead } from "../core/permission.ts";
import { isRestricted, type SignedRecord, type Tombstone } from "../core/share_record.ts";
import type { Certificate } from "../core/class_messages.ts";
import type { Identity } from "../ports.ts";
import type { OwnChange, RecordStore } from "../store_ports.ts";

/** Tombstones signed for those who no longer see a share are kept for the next ones who ask. */
const MAX_TOMBSTONES = 2_000;
/** Records for very many people are long: then a page has fewer. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;

export interface IndexPorts {
  readonly records: RecordStore;
  readonly identity: Pick<Identity, "peerId" | "publicKey" | "signRecord">;
  /** Of this peer in its class. */
  certificate(): Certificate | undefined;
}

/** Tells other peers what is shared here, page by page and only what changed since they asked last. */
export class ServeIndex {
  readonly #tombstones = new Map<string, string>();

  constructor(readonly ports: IndexPorts) {}

  /**
   * The changes after `since` (`EPOCH.VERSION`); all of them when it is absent or of another epoch. A share that the caller
   * may not read is left out as if it were not there; one that it could read before has a tombstone.
   */
  async page(since: string | null, caller: Caller): Promise<IndexPage> {
    const { records, identity, certificate } = this.ports;
    const { epoch, version } = records.position;
    const [, told, from] = /^([0-9a-f]{32})\.(\d{1,15})$/.exec(since ?? "") ?? [];
    const changes = records.changesSince(told === epoch ? Number(from) : 0, MAX_INDEX_PAGE);
    const shown: string[] = [];
    let proof: Certificate | undefined;
    let bytes = 0;
    let last: OwnChange | undefined;
    for (const change of changes) {
      if (bytes >= MAX_PAGE_BYTES) break;
      last = change;
      const { signed } = change;
      const jws = await this.#shownTo(caller, change);
      if (jws !== undefined) shown.push(jws);
      bytes += jws?.length ?? 0;
      if (jws === signed.jws && !signed.record.deleted && isRestricted(signed.record)) proof = certificate();
    }
    return {
      epoch,
      version: last?.indexVersion ?? version,
      more: changes.length === MAX_INDEX_PAGE || last !== changes.at(-1),
      keys: { [identity.peerId]: identity.publicKey },
      ...(proof === undefined ? {} : { certificates: { [identity.peerId]: proof } }),
      records: shown,
    };
  }

  async #shownTo(caller: Caller, { signed, past }: OwnChange): Promise<string | undefined> {
    const { record, jws } = signed;
    if (!record.deleted && mayRead(caller, record).allow) return jws;
    if (!belongs(caller, past)) return undefined;
    return record.deleted && mayBeToldAsItIs(caller, record) ? jws : await this.#tombstone(signed);
  }

  /** Of the same version, so that it takes the place of what the caller has, and gives way to a later record. */
  async #tombstone({ record: { shareId, owner, version, at } }: SignedRecord): Promise<string> {
    const key = `${shareId} ${version}`;
    const known = this.#tombstones.get(key);
    if (known !== undefined) return known;
    const tombstone: Tombstone = { shareId, owner, version, at, deleted: true };
    const { jws } = await this.ports.identity.signRecord(tombstone);
    this.#tombstones.set(key, jws);
    if (this.#tombstones.size > MAX_TOMBSTONES) this.#tombstones.delete(this.#tombstones.keys().next().value!);
    return jws;
  }
}

/** Whose it was in which class is not for others who could once read it. */
function mayBeToldAsItIs(caller: Caller, { user, class: id }: Tombstone): boolean {
  return user === undefined && id === undefined || caller.kind === "member" && caller.class === id;
}
