import { type IndexPage, MAX_INDEX_PAGE, type PublicKey } from "../core/messages.ts";
import type { PeerId } from "../core/ids.ts";
import { type Caller, mayRead } from "../core/permission.ts";
import type { RecordStore } from "../ports.ts";

/** Tells other peers what is shared here, page by page and only what changed since they asked last. */
export class ServeIndex {
  constructor(
    readonly records: RecordStore,
    readonly self: { readonly peerId: PeerId; readonly publicKey: PublicKey },
  ) {}

  /** The changes after `since` (`EPOCH.VERSION`); all of them when it is absent or of another epoch. */
  page(since: string | null, caller: Caller): IndexPage {
    const { epoch, version } = this.records.position;
    const [, told, from] = /^([0-9a-f]{32})\.(\d{1,15})$/.exec(since ?? "") ?? [];
    const changes = this.records.changesSince(told === epoch ? Number(from) : 0, MAX_INDEX_PAGE);
    const shown = changes.filter(({ signed: { record } }) => record.deleted || mayRead(caller, record).allow);
    return {
      epoch,
      version: changes.at(-1)?.indexVersion ?? version,
      more: changes.length === MAX_INDEX_PAGE,
      keys: { [this.self.peerId]: this.self.publicKey },
      records: shown.map(({ signed }) => signed.jws),
    };
  }
}
