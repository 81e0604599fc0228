import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";

/**
 * `deno task setup`: fetches everything that Essaim needs, once; afterwards nothing needs a network. A stamp in Deno's
 * own cache folder remembers it, so that it goes when the cache goes.
 */

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const ENTRIES = ["main.ts", "tracker.ts", "peer.ts"];
const FOLDERS = ["scripts", "tests", "islands", "routes"];
const MOST_FILES = 5_000;

/** Does the setup in a process of its own unless it was done for this lock file and this Deno, or all is inside. */
export async function setupWhenNeeded(): Promise<void> {
  if (await exists(`${ROOT}_fresh`)) return; // one executable
  if (await exists(await stampFile())) return;
  console.error("First start: fetching what Essaim needs. This happens once and needs the internet.");
  if (!await deno(["run", "-q", "-A", fileURLToPath(import.meta.url)])) {
    console.error("Not everything could be fetched; starting with what is there.");
  }
}

async function setup(): Promise<boolean> {
  const files = (await Promise.all(ENTRIES.map(async (entry) => await exists(`${ROOT}${entry}`) ? [entry] : [])))
    .flat();
  for (const folder of FOLDERS) for await (const file of scripts(folder)) files.push(file);
  const cached = await deno(["install"]) && await deno(["cache", ...files]);
  const bundled = cached && await warmBundler();
  if (!bundled) return false;
  await Deno.writeTextFile(await stampFile(), "").catch(() => {}); // only costs a second setup
  return true;
}

/** The first `Deno.bundle` downloads the bundler. */
async function warmBundler(): Promise<boolean> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, "export const ready: boolean = true;\n");
    const { success, errors } = await Deno.bundle({ entrypoints: [file], write: false });
    for (const { text } of errors) console.error(text);
    return success;
  } catch (error) {
    console.error(`The bundler cannot be fetched: ${(error as Error).message}`);
    return false;
  } finally {
    await Deno.remove(file);
  }
}

async function* scripts(folder: string): AsyncGenerator<string> {
  let count = 0;
  try {
    for await (const { name, isFile, isDirectory } of Deno.readDir(`${ROOT}${folder}`)) {
      if (++count > MOST_FILES) return;
      if (isDirectory) yield* scripts(`${folder}/${name}`);
      else if (isFile && /\.tsx?$/.test(name)) yield `${folder}/${name}`;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Runs this very Deno in the checkout; true when it succeeded. */
async function deno(args: readonly string[]): Promise<boolean> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    stdout: "inherit",
    stderr: "inherit",
  });
  return (await command.spawn().status).success;
}

async function stampFile(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"], cwd: ROOT }).output();
  const { denoDir } = JSON.parse(new TextDecoder().decode(stdout)) as { denoDir: string };
  const lock = await Deno.readFile(`${ROOT}deno.lock`).catch(() => new Uint8Array());
  const state = createHash("sha256").update(Deno.version.deno).update(lock).digest("hex").slice(0, 16);
  return `${denoDir}/essaim-setup-${state}`;
}

function exists(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}

if (import.meta.main) {
  const done = await setup();
  console.log(done ? "Ready: Essaim works without the internet from now on." : "Setup is not complete; see above.");
  Deno.exit(done ? 0 : 1);
}
