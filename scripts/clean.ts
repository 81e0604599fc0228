import { fileURLToPath } from "node:url";
import process from "node:process";
import { readRunFile } from "../lib/cli/data_folder.ts";
import { formatBytes } from "../lib/core/units.ts";

/** `deno task clean`: deletes what Essaim keeps in this checkout, after asking. `--yes` does not ask. */

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDERS = ["data", "logs"];
/** Folders that a user made with `--data`: only those with a database of a peer or tracker in them are Essaim's. */
const OTHERS = /^data[-_.]/;
const DATABASES = ["peer.db", "tracker.db"];
const MOST_COUNTED = 1_000_000; // files; then the size is a lower bound

interface Found {
  readonly path: string;
  readonly files: number;
  readonly bytes: number;
}

async function measure(path: string): Promise<Found> {
  let files = 0;
  let bytes = 0;
  const folders = [path];
  for (let folder = folders.pop(); folder !== undefined && files < MOST_COUNTED; folder = folders.pop()) {
    for await (const entry of Deno.readDir(folder)) {
      const child = `${folder}/${entry.name}`;
      if (entry.isDirectory) folders.push(child); // links are not followed
      else {
        files++;
        bytes += (await Deno.lstat(child)).size;
      }
    }
  }
  return { path, files, bytes };
}

async function isFolder(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(({ isDirectory }) => isDirectory, () => false);
}

/** The folders of this checkout that Essaim made. */
async function candidates(): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir(ROOT)) {
    const path = `${ROOT}${name}`;
    if (FOLDERS.includes(name) ? await isFolder(path) : OTHERS.test(name) && await isDataFolder(path)) found.push(path);
  }
  return found.sort();
}

/** Whether it, or a folder directly in it (as `start` makes them), has a database of Essaim. */
async function isDataFolder(path: string): Promise<boolean> {
  if (!await isFolder(path)) return false;
  const folders = [path];
  for await (const { name, isDirectory } of Deno.readDir(path)) if (isDirectory) folders.push(`${path}/${name}`);
  const files = folders.flatMap((folder) => DATABASES.map((name) => `${folder}/${name}`));
  return (await Promise.all(files.map((file) => Deno.lstat(file).then(({ isFile }) => isFile, () => false))))
    .includes(true);
}

/** Data folders whose tracker or peer still runs. */
async function running(path: string): Promise<string[]> {
  const folders = [path];
  for await (const { name, isDirectory } of Deno.readDir(path)) if (isDirectory) folders.push(`${path}/${name}`);
  const found = await Promise.all(folders.map(async (folder) => {
    const run = await readRunFile(folder);
    return run !== undefined && isAlive(run.pid) ? [folder] : [];
  }));
  return found.flat();
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
}

async function clean(yes: boolean): Promise<number> {
  const found: Found[] = [];
  for (const path of await candidates()) {
    const alive = await running(path);
    if (alive.length > 0) {
      console.error(`Nothing is deleted: Essaim still runs in ${alive.join(", ")}. Stop it first.`);
      return 1;
    }
    found.push(await measure(path));
  }
  if (found.length === 0) {
    console.log("There is nothing to delete.");
    return 0;
  }
  console.log("This would be deleted, with the downloads, shared files, history and keys in it:");
  for (const { path, files, bytes } of found) console.log(`  ${path}  (${files} files, ${formatBytes(bytes)})`);
  if (!yes && !Deno.stdin.isTerminal()) {
    console.error("Nothing is deleted: nobody is there to be asked. (deno task clean --yes does not ask.)");
    return 1;
  }
  if (!yes && !confirm("Delete it?")) {
    console.log("Nothing is deleted.");
    return 0;
  }
  for (const { path } of found) await Deno.remove(path, { recursive: true });
  console.log("Deleted.");
  return 0;
}

if (import.meta.main) Deno.exit(await clean(Deno.args.includes("--yes")));
