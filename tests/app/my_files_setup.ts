import { sqliteShareList } from "../../lib/adapters/sqlite_share_list.ts";
import { MyFiles, type Removed } from "../../lib/app/my_files.ts";
import { moveKnown } from "../../lib/app/share_tree.ts";
import { Trash } from "../../lib/app/trash.ts";
import type { SharingOptions } from "../../lib/app/share_file.ts";
import type { TrackerClient } from "../../lib/ports.ts";
import { FakeClock } from "../fakes.ts";
import { Sharing } from "./sharing_setup.ts";

/** Time stands still unless told, also for who sleeps. */
class StillClock extends FakeClock {
  override sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
  }
}

/** The page "My files" over real files and a real database. */
export class MyFilesSetup implements AsyncDisposable {
  readonly clock = new StillClock();
  readonly trash: Trash<Removed>;
  readonly my: MyFiles;
  #ids = 0;

  private constructor(readonly sharing: Sharing, tracker: Partial<TrackerClient> | undefined) {
    const { records, contents, moves, log, share: shares } = sharing;
    this.trash = new Trash({
      ...{ moves, log, clock: this.clock },
      folder: `${sharing.base}/data/trash`,
      newId: () => String(++this.#ids),
      onMoved: (from, to) => moveKnown(contents, from, to),
    });
    this.my = new MyFiles({
      ...{ shares, records, moves, clock: this.clock, trash: this.trash },
      tracker: tracker as TrackerClient | undefined,
      list: sqliteShareList(sharing.db),
      links: { tracker: () => "http://10.0.0.1:5000", here: () => "http://10.0.0.2:5001" },
    });
  }

  static async make(
    { tracker, ...options }: Partial<SharingOptions> & { tracker?: Partial<TrackerClient> } = {},
  ): Promise<MyFilesSetup> {
    const setup = new MyFilesSetup(await Sharing.make(options), tracker);
    await setup.trash.start();
    return setup;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.trash[Symbol.asyncDispose]();
    await this.sharing[Symbol.asyncDispose]();
  }
}
