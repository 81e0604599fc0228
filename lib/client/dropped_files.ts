import type { DroppedItem, Entry } from "./dropped_items.ts";

/** A file as it lies in what was added: `folder` is "photos/2024", "" for one added by itself. */
export interface FoundFile {
  readonly folder: string;
  readonly name: string;
  /** Undefined where the browser could not read it; `error` says why then. */
  readonly file: File | undefined;
  readonly error?: unknown;
}

/** What a person dropped or chose: one name for each thing that becomes a share. */
export interface Added {
  readonly roots: readonly { readonly name: string; readonly kind: "file" | "folder" }[];
  /**
   * Every file, some at a time, so that the page stays alive. Stops after `MAX_FILES` with the error
   * `TooManyFiles`, and where `signal` aborts.
   */
  read(signal: AbortSignal): AsyncGenerator<FoundFile[], void, undefined>;
}

/** As many as the program takes at one time. */
export const MAX_FILES = 20_000;
const MAX_DEPTH = 100;
/** Opening one takes the browser up to half a millisecond, in which nothing else happens. */
const AT_A_TIME = 50;

export class TooManyFiles extends Error {}

interface FileEntry extends Entry {
  file(ok: (file: File) => void, fail: (error: unknown) => void): void;
}
interface FolderEntry extends Entry {
  createReader(): { readEntries(ok: (entries: Entry[]) => void, fail: (error: unknown) => void): void };
}

/** What was dropped, as `droppedItems` took it from the event. */
export function addedByDrop(items: readonly DroppedItem[]): Added {
  const entries = items.flatMap(({ entry, file }) => entry ?? entryOf(file) ?? []);
  return {
    roots: entries.map(({ name, isDirectory }) => ({ name, kind: isDirectory ? "folder" : "file" })),
    read: (signal) => bounded(walk(entries), signal),
  };
}

/** A picture dragged out of another page lies in no file system. */
function entryOf(file: File | null): FileEntry | undefined {
  return file ? { isFile: true, isDirectory: false, name: file.name, file: (ok) => ok(file) } : undefined;
}

/** What was chosen with a file field; those of a folder field carry their path. */
export function addedByChoice(files: ArrayLike<File>): Added {
  const roots = new Map<string, { name: string; kind: "file" | "folder" }>();
  for (let n = 0; n < files.length; n++) {
    const { top, kind } = placeOf(files[n]!);
    roots.set(kind === "folder" ? top : `${n}/${top}`, { name: top, kind });
  }
  return { roots: [...roots.values()], read: (signal) => bounded(listed(files), signal) };
}

function placeOf(file: File): { top: string; kind: "file" | "folder"; folder: string } {
  const path = file.webkitRelativePath;
  const slash = path.lastIndexOf("/");
  if (slash < 0) return { top: file.name, kind: "file", folder: "" };
  return { top: path.slice(0, path.indexOf("/")), kind: "folder", folder: path.slice(0, slash) };
}

async function* listed(files: ArrayLike<File>): AsyncGenerator<FoundFile[]> {
  for (let from = 0; from < files.length; from += AT_A_TIME) {
    const found: FoundFile[] = [];
    for (let n = from; n < Math.min(from + AT_A_TIME, files.length); n++) {
      const file = files[n]!;
      found.push({ folder: placeOf(file).folder, name: file.name, file });
    }
    yield found;
  }
}

async function* walk(roots: readonly Entry[]): AsyncGenerator<FoundFile[]> {
  yield* openAll(roots, "");
  const folders = roots.filter(isFolder).map((entry) => ({ entry, path: entry.name, depth: 1 })).reverse();
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const { entry, path, depth } = folder;
    const below: typeof folders = [];
    try {
      for await (const entries of entriesOf(entry)) {
        yield* openAll(entries, path);
        for (const child of entries.filter(isFolder)) {
          below.push({ entry: child, path: `${path}/${child.name}`, depth: depth + 1 });
        }
      }
    } catch (error) {
      yield [{ folder: path, name: "", file: undefined, error }];
    }
    if (depth < MAX_DEPTH) folders.push(...below.reverse());
  }
}

/** The browser gives some at a time and an empty list at the end. */
async function* entriesOf(folder: FolderEntry): AsyncGenerator<Entry[]> {
  const reader = folder.createReader();
  for (;;) {
    const entries = await new Promise<Entry[]>((ok, fail) => reader.readEntries(ok, fail));
    if (entries.length === 0) return;
    yield entries;
  }
}

async function* openAll(entries: readonly Entry[], folder: string): AsyncGenerator<FoundFile[]> {
  const files = entries.filter(isFile);
  for (let from = 0; from < files.length; from += AT_A_TIME) {
    yield await Promise.all(files.slice(from, from + AT_A_TIME).map((file) => open(file, folder)));
  }
}

async function open(entry: FileEntry, folder: string): Promise<FoundFile> {
  try {
    const file = await new Promise<File>((ok, fail) => entry.file(ok, fail));
    return { folder, name: entry.name, file };
  } catch (error) {
    return { folder, name: entry.name, file: undefined, error };
  }
}

async function* bounded(files: AsyncGenerator<FoundFile[]>, signal: AbortSignal): AsyncGenerator<FoundFile[]> {
  let count = 0;
  for await (const found of files) {
    if (signal.aborted) return;
    count += found.length;
    if (count > MAX_FILES) throw new TooManyFiles();
    if (found.length > 0) yield found;
    await breath();
  }
}

/** Lets the page draw and answer keys. */
function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

const isFile = (entry: Entry): entry is FileEntry => entry.isFile;
const isFolder = (entry: Entry): entry is FolderEntry => entry.isDirectory;
