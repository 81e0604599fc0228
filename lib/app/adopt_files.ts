import { EssaimError } from "../core/errors.ts";
import type { ShareId } from "../core/ids.ts";
import { alternatives, printable } from "../core/safe_path.ts";
import { sameFile, type SeenFile } from "../core/scan.ts";
import type { FileMoves, Place } from "../disk_ports.ts";
import type { OwnShare } from "../store_ports.ts";
import { batches, type DiskChanges, fileDraft } from "./disk_changes.ts";
import { publishFolder } from "./share_folder.ts";
import { moveKnown, parentOf, rememberFolder } from "./share_tree.ts";
import type { Draft } from "./share_writer.ts";

/** A file or folder outside the shared folder that is to lie in it and be a share from then on. */
export interface Adoptee extends Pick<Draft, "name" | "visibility" | "allow" | "groups" | "shareId"> {
  readonly path: string;
  /** Where to put it; under this name, if that is free. */
  readonly folder: string;
  readonly fileName: string;
}

/** `place`: from where it can be renamed. */
interface Ready {
  readonly adoptee: Adoptee;
  readonly place: Place;
  readonly shareId: ShareId;
}

interface Target extends Ready {
  readonly to: string;
}

/**
 * Each is recorded with its visibility for the path that it is about to have, and then gets that name: none is ever in
 * the shared folder without its record, whenever this ends. A record whose file did not come is ended by the next scan,
 * and the file is still where it was. Resolves to the shares in the order given. Throws `changed`, `unreadable`,
 * `disk-full`, `unwritable`, `too-large`; those before are shared then.
 */
export async function adopt(
  changes: DiskChanges,
  moves: FileMoves,
  adoptees: readonly Adoptee[],
): Promise<OwnShare[]> {
  const adoption = new Adoption(changes, moves);
  const ids: ShareId[] = [];
  for (const batch of batches(adoptees)) ids.push(...await adoption.adopt(batch));
  return ids.flatMap((id) => changes.writer.ports.records.ownShare(id) ?? []);
}

class Adoption {
  #ports;

  constructor(readonly changes: DiskChanges, readonly moves: FileMoves) {
    this.#ports = changes.writer.ports;
  }

  async adopt(adoptees: readonly Adoptee[]): Promise<ShareId[]> {
    const { writer } = this.changes;
    using claims = new DisposableStack(); // of copies in the shared folder: else a scan forgets what is known of them
    const ready: Ready[] = [];
    try {
      for (const adoptee of adoptees) {
        const near = await this.moves.bringNear(adoptee.path, adoptee.folder);
        claims.use(writer.claim(near));
        const place = await this.#ports.folders.lookExactly(near);
        if (!place || place.kind === "other") throw this.#gone(adoptee);
        ready.push({ adoptee, place, shareId: adoptee.shareId ?? this.#ports.newShareId() });
      }
      await this.#files(ready);
      for (const one of ready) if (one.place.kind === "folder") await this.#folder(one);
    } finally {
      for (const { adoptee, place } of ready) if (place.path !== adoptee.path) await this.moves.remove(place.path);
    }
    return ready.map(({ shareId }) => shareId);
  }

  async #files(ready: readonly Ready[]): Promise<void> {
    const { contents } = this.#ports;
    const places = new Map(ready.flatMap(({ place }) => place.kind === "file" ? [[place.path, place]] : []));
    const isKnown = (file: SeenFile) => {
      const known = contents.at(file.path);
      return known !== undefined && sameFile(known, file);
    };
    const files = ready.filter(({ place }) => place.kind === "file");
    await this.changes.hash({ hash: [...places.values()].filter((file) => !isKnown(file)) }, () => []);
    for (const { adoptee, place } of files) {
      const problem = this.changes.problems.get(place.path);
      if (problem) throw problem;
      if (!isKnown(places.get(place.path)!)) throw changed(adoptee);
    }
    await this.#place(files, async (targets) => {
      const drafts = targets.map(({ adoptee: { name, visibility, allow, groups }, place, shareId, to }) => ({
        ...fileDraft({ ...contents.at(place.path)!, path: to }),
        ...{ name, visibility, allow, groups, shareId, explicit: true },
      }));
      await this.changes.writer.publish(
        drafts,
        () => targets.forEach(({ place, to }) => contents.move(place.path, to)),
      );
    });
  }

  async #folder(ready: Ready): Promise<void> {
    const { contents } = this.#ports;
    const { path } = ready.place;
    const walked = await this.changes.walk(path);
    const plan = await this.changes.plan(contents.below(path), walked.files, walked.unreadable);
    await this.changes.hash(plan, () => []);
    for (const problem of this.changes.problems.values()) throw problem;
    if (this.changes.sightings.size > 0) throw changed(ready.adoptee);
    await this.#place([ready], async ([target]) => {
      const { adoptee: { name, visibility, allow, groups }, shareId, to } = target!;
      await publishFolder(this.changes.writer, to, {
        ...{ name, visibility, allow, groups, shareId, explicit: true },
        emptyFolders: walked.emptyFolders,
        chunkSize: this.changes.options.chunkSize,
        known: path,
        alongside: () => moveKnown(contents, path, to),
      });
    });
    await rememberFolder(this.#ports, path);
  }

  /** Again for those whose name was taken in between. */
  async #place(ready: readonly Ready[], record: (targets: readonly Target[]) => Promise<void>): Promise<void> {
    for (let left = ready; left.length > 0;) {
      using claims = new DisposableStack();
      const targets: Target[] = [];
      for (const one of left) {
        const to = await this.#freePath(one.adoptee);
        claims.use(this.changes.writer.claim(to));
        targets.push({ ...one, to });
      }
      await record(targets);
      left = await this.#rename(targets);
      for (const folder of new Set(targets.map(({ to }) => parentOf(to)))) await rememberFolder(this.#ports, folder);
    }
  }

  /** Those whose name is taken, their records taken back. */
  async #rename(targets: readonly Target[]): Promise<Target[]> {
    const unmoved = new Set(targets);
    const taken: Target[] = [];
    try {
      for (const target of targets) {
        const { adoptee, place, to } = target;
        if (!await this.moves.rename(place.path, to)) {
          taken.push(target);
          continue;
        }
        unmoved.delete(target);
        if (place.path !== adoptee.path) await this.moves.remove(adoptee.path);
      }
      await this.moves.sync(targets.flatMap(({ adoptee, to }) => [parentOf(to), parentOf(adoptee.path)]));
    } finally {
      const ended = [...unmoved];
      if (ended.length > 0) {
        const shares = ended.map(({ shareId }) => ({ shareId, path: "" }));
        await this.changes.writer.bury(
          shares,
          () => ended.forEach(({ place, to }) => moveKnown(this.#ports.contents, to, place.path)),
        );
      }
    }
    return taken;
  }

  async #freePath({ folder, fileName }: Adoptee): Promise<string> {
    const { records, folders } = this.#ports;
    const { writer } = this.changes;
    for (const name of alternatives(fileName)) {
      const path = folder.endsWith("/") ? folder + name : `${folder}/${name}`;
      if (records.ownShareAt(path) || writer.withdrawn.has(path) || writer.isClaimed(path)) continue;
      if (await folders.lookExactly(path) === undefined) return path;
    }
    throw new EssaimError("conflict", `Every name for ${printable(fileName)} is taken in ${printable(folder)}.`);
  }

  #gone({ fileName }: Adoptee): EssaimError {
    return new EssaimError("not-found", `${printable(fileName)} is not there any more.`);
  }
}

function changed({ fileName }: Adoptee): EssaimError {
  return new EssaimError("changed", `${printable(fileName)} is being changed by another program. Try again.`);
}
