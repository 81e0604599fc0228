import type { FileId } from "../core/ids.ts";
import { sameFile, type SeenFile } from "../core/scan.ts";
import { isRestricted } from "../core/share_record.ts";
import { type Choice, isAsWide, narrowest, ONLY_ME } from "../core/sharing_choice.ts";
import type { Content, OwnShare, PastContent } from "../store_ports.ts";
import { choiceOf, expand, ofThisClass, type People } from "./people.ts";
import { selfAndAbove } from "./share_tree.ts";
import type { SharingPorts } from "./share_writer.ts";

/** A file with this content, or at this path, was for these people. */
export interface Inherited {
  readonly choice: Choice;
  /** Where its share still stands, when the file was moved from there. */
  readonly from?: string | undefined;
}

/**
 * For whom a file was before it came to where a scan finds it: however it was replaced, moved, edited or brought back,
 * no scan shows it to anybody else. One for each scan.
 */
export class PastAudience {
  /** Files that this scan misses, by inode. */
  readonly #missed = new Map<number, PastContent>();
  readonly #people: People | undefined;

  /** `usual`: of a file of which nothing is known. */
  constructor(readonly ports: SharingPorts, readonly usual: Choice) {
    this.#people = ports.people;
  }

  /** Keeps for whom these files were that are no longer at their paths. Call it before their shares end. */
  miss(paths: Iterable<string>): void {
    const past = this.#ofPaths(paths);
    for (const file of past) {
      const inode = this.ports.contents.at(file.path)?.inode ?? 0;
      if (inode !== 0) this.#missed.set(inode, file);
    }
    this.#people?.choices.remember(past);
  }

  /**
   * Of files that came to these paths: one with the inode of a missed one may be that file, edited. It may also be another
   * that got the inode of a deleted one: then it is for nobody who would not see it otherwise.
   */
  appear(files: Iterable<SeenFile>): void {
    if (this.#missed.size === 0) return;
    const past = Array.from(files).flatMap(({ path, inode }) => {
      const missed = this.#missed.get(inode);
      if (!missed || missed.path === path || this.ports.contents.at(path)) return [];
      return [{ ...missed, path, choice: narrowest(missed.choice, this.usual) }];
    });
    this.#people?.choices.remember(past);
  }

  /** The same as `miss` of contents that files at these paths have no longer; to be called in the transaction that replaces them. */
  replaced(contents: readonly Content[]): void {
    const others = contents.flatMap(({ path, id }) => {
      const known = this.ports.contents.at(path);
      return known && known.id !== id ? path : [];
    });
    this.#people?.choices.remember(this.#ofPaths(others).map((past) => ({ ...past, path: "" })));
  }

  #ofPaths(paths: Iterable<string>): PastContent[] {
    const { contents } = this.ports;
    const people = this.#people;
    if (!people?.choices.hasRestricted()) return [];
    return Array.from(paths).flatMap((path) => {
      const record = this.#nearest(path)?.signed.record;
      if (!record || !isRestricted(record)) return [];
      const fileId = contents.at(path)?.id ?? record.fileId;
      return [{ path, fileId, choice: choiceOf(record, people), class: record.class }];
    });
  }

  /** The share of a file, or of the folder around it. */
  #nearest(path: string): OwnShare | undefined {
    for (const above of selfAndAbove(path)) {
      const share = this.ports.records.ownShareAt(above);
      if (share) return share;
    }
    return undefined;
  }

  /** Undefined when nothing narrows for whom a file can be that just came to its path. */
  async of(content: Content): Promise<Inherited | undefined> {
    const people = this.#people;
    if (!people) return undefined;
    const found = content.size > 0 ? this.#ofContent(content.id, people) : [];
    if (people.choices.hasRestricted()) {
      const from = await this.#movedFrom(content);
      if (from) return { from: from.path, choice: choiceOf(from.signed.record, people) };
      found.push(...people.choices.pastAt(selfAndAbove(content.path)).map((past) => ofThisClass(past, people)));
    }
    return found.length === 0 ? undefined : { choice: found.reduce(narrowest) };
  }

  /** Of copies, and of what was fetched from others; nothing narrows what this user also shares with everybody. */
  #ofContent(file: FileId, people: People): Choice[] {
    const { records, identity } = this.ports;
    const granting = records.granting(file);
    if (granting.some((record) => record.owner === identity.peerId && !isRestricted(record))) return [];
    const now = granting.filter(isRestricted).map((record) => {
      if (record.owner === identity.peerId) return choiceOf(record, people);
      const isOurs = record.visibility === "class" && record.class === people.membership.current?.class.id;
      return isOurs ? { visibility: record.visibility, users: [], groups: [] } : ONLY_ME;
    });
    return [...now, ...people.choices.pastOf(file).map((past) => ofThisClass(past, people))];
  }

  /** An own share of this very file, which is not at its path any more. */
  async #movedFrom({ id, path, ...file }: Content): Promise<OwnShare | undefined> {
    if (file.inode === 0) return undefined;
    for (const known of this.ports.contents.of(id)) {
      if (known.path === path || !sameFile(known, file)) continue;
      const share = this.ports.records.ownShareAt(known.path);
      if (share?.signed.record.kind !== "file" || !isRestricted(share.signed.record)) continue;
      if (await this.ports.folders.lookExactly(known.path).catch(() => null) === undefined) return share;
    }
    return undefined;
  }

  /** Whether whoever may read this folder share may also read what is for these. */
  isAsWide(choice: Choice, folder: OwnShare): boolean {
    return this.#people === undefined ||
      isAsWide({ visibility: choice.visibility, allow: expand(choice, this.#people) }, folder.signed.record);
  }
}
