import type { ComponentType } from "preact";
import type { FsFile } from "./fs_routes.ts";

export interface Island {
  /** Unique in the application; stands in the page. */
  readonly name: string;
  readonly exportName: string;
  /** Address of its script. */
  readonly script: string;
}

/** What `Builder.build` found and made, for `App` to serve. */
export interface Snapshot {
  readonly root: string;
  readonly staticDir: string;
  /** Components of the islands, as the server knows them. */
  readonly islands: ReadonlyMap<ComponentType, Island>;
  /** Address of the script that starts islands. */
  readonly clientScript: string;
  /** Bundled scripts by address. */
  readonly scripts: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  readonly files: readonly FsFile[];
}
