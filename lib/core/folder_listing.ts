import { EssaimError } from "./errors.ts";
import type { FileId } from "./ids.ts";
import { type ListedFile, type Listing, MAX_LISTING_ENTRIES } from "./listing.ts";
import { alternatives, collisionKey, isSafeName, isSafePath, safeName } from "./safe_path.ts";

export interface FolderContent {
  /** Paths relative to the folder, as the disk has them. */
  readonly files: readonly { readonly path: string; readonly size: number; readonly id: FileId }[];
  readonly emptyFolders: readonly string[];
}

/** Always a safe name: "_" where nothing of `name` can be kept. */
export function shareableName(name: string): string {
  try {
    return safeName(name);
  } catch {
    return "_";
  }
}

/**
 * The listing of a folder with every name made safe. Of names that would meet on a case- or normalisation-insensitive
 * disk, the one that was safe already keeps its name and the others get " (2)", always in the same order. `left`: what is
 * too deep or too long to be shared. Throws `too-large` over 200,000 entries.
 */
export function listFolder(
  { files, emptyFolders }: FolderContent,
): { listing: Omit<Listing, "format">; left: string[] } {
  if (files.length + emptyFolders.length > MAX_LISTING_ENTRIES) {
    throw new EssaimError(
      "too-large",
      `A folder of ${files.length} files is too large to share as one: the most is ${MAX_LISTING_ENTRIES}. Share its parts.`,
    );
  }
  const safe = safePaths([...files.map(({ path }) => path), ...emptyFolders]);
  const left: string[] = [];
  const kept = (path: string): string[] => {
    const made = safe.get(path);
    if (made !== undefined && isSafePath(made)) return [made];
    left.push(path);
    return [];
  };
  const listed: ListedFile[] = files.flatMap(({ path, size, id }) => kept(path).map((path) => ({ path, size, id })));
  return { listing: { files: listed, emptyFolders: emptyFolders.flatMap(kept) }, left };
}

/** Safe paths by original path; children of one folder never collide. */
function safePaths(paths: readonly string[]): Map<string, string> {
  const children = new Map<string, Set<string>>();
  for (const path of paths) {
    let end = path.length;
    while (end > 0) {
      const slash = path.lastIndexOf("/", end - 1);
      const parent = path.slice(0, Math.max(slash, 0));
      const names = children.get(parent);
      const name = path.slice(slash + 1, end);
      if (names?.has(name)) break;
      if (names) names.add(name);
      else children.set(parent, new Set([name]));
      end = slash;
    }
  }
  const safe = new Map<string, string>([["", ""]]);
  const pending = [""];
  for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
    const below = safe.get(parent) ?? "";
    for (const [name, made] of distinctNames(children.get(parent) ?? [])) {
      const path = parent === "" ? name : `${parent}/${name}`;
      safe.set(path, below === "" ? made : `${below}/${made}`);
      if (children.has(path)) pending.push(path);
    }
  }
  return safe;
}

function* distinctNames(names: Iterable<string>): Generator<[name: string, safe: string]> {
  const inOrder = [...names].map((name) => ({ name, rank: isSafeName(name) ? 0 : 1 }))
    .sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1));
  const taken = new Set<string>();
  for (const { name } of inOrder) {
    for (const candidate of alternatives(shareableName(name))) {
      const free = shareableName(candidate);
      const key = collisionKey(free);
      if (taken.has(key)) continue;
      taken.add(key);
      yield [name, free];
      break;
    }
  }
}
