import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { browserTest } from "../browser/chromium.ts";
import { Visit } from "../browser/visit.ts";
import { MB, randomFile, sha256 } from "../journeys/files.ts";
import { until } from "../journeys/until.ts";
import { namesIn, type Ran, versionIn } from "./small_executable.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const LIMIT_MS = 120_000;
const STOP_MS = 6_000; // promised: 5 s

/** `deno task compile ARGS`, with a base of executables that is named, and so nothing from the network. */
async function compile(base: string, ...args: readonly string[]): Promise<Ran> {
  return await finished(
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-A", "--config", `${ROOT}deno.json`, `${ROOT}scripts/compile.ts`, ...args],
      env: { DENORT_BIN: base, NO_COLOR: "1" },
      signal: AbortSignal.timeout(LIMIT_MS),
    }),
  );
}

async function finished(command: Deno.Command): Promise<Ran> {
  const { code, signal, stdout, stderr } = await command.output();
  return { code, signal, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

const NO_BASE = "/nowhere/denort";
const canExtract = Deno.build.os !== "windows";

/** The executable alone in a folder, and what starts it: somebody with a home and nothing else. */
class Computer implements AsyncDisposable {
  private constructor(readonly folder: string, readonly said: Ran) {}

  static async with(): Promise<Computer> {
    const folder = await Deno.makeTempDir({ prefix: "essaim-alone-" });
    const said = await compile(NO_BASE, "--level", "1", "--output", `${folder}/essaim`);
    await Deno.mkdir(`${folder}/home`);
    await Deno.writeTextFile(`${folder}/config.yaml`, "discovery:\n  enabled: false\n"); // other tests are no neighbours
    return new Computer(folder, said);
  }

  command(args: readonly string[], options: Deno.CommandOptions = {}): Deno.Command {
    const env = { HOME: `${this.folder}/home`, PATH: "" };
    return new Deno.Command(`${this.folder}/essaim`, {
      args: [...args],
      env,
      clearEnv: true,
      cwd: this.folder,
      stdin: "null",
      signal: AbortSignal.timeout(LIMIT_MS),
      ...options,
    });
  }

  async essaim(...args: readonly string[]): Promise<Ran> {
    return await finished(this.command(args));
  }

  /** Process ids that data folders name. */
  async processes(...folders: readonly string[]): Promise<number[]> {
    return await Promise.all(folders.map(async (folder) => {
      return JSON.parse(await Deno.readTextFile(`${this.folder}/${folder}/run.json`)).pid;
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

interface Started {
  readonly tracker: string;
  readonly peers: readonly { readonly name: string; readonly url: string; readonly data: string }[];
}

/** The line of JSON among those that `start --json` prints; what follows is left to be read. */
async function startedLine(lines: ReadableStream<Uint8Array>): Promise<Started> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of lines.values({ preventCancel: true })) {
    text += decoder.decode(part, { stream: true });
    const json = /^\{.*\}$/m.exec(text)?.[0];
    if (json !== undefined) return JSON.parse(json);
  }
  throw new Error(`It ended instead of starting: ${text}`);
}

function isAlive(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}

if (canExtract) {
  browserTest("one file, alone on a computer, does everything: start, pages, share, get, stop", async (browser) => {
    await using computer = await Computer.with();
    assert.equal(computer.said.code, 0, computer.said.err);
    assert.match(computer.said.err, /base of executables for .* cannot be had .* extracts itself/);
    assert.match(computer.said.out, /essaim {2}\d+\.\d MB\n$/);

    const child = computer.command(["start", "--port", "0", "--data", "data", "--json"], {
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    let isOver = false;
    const ended = child.status.finally(() => isOver = true);
    try {
      const { tracker, peers: [alice, bob] } = await startedLine(child.stdout);
      for (const lang of ["fr", "en"] as const) {
        await using visit = await Visit.begin(browser, { lang });
        for (const page of [tracker, alice!.url, `${alice!.url}/files`, `${bob!.url}/network`]) {
          await visit.open(page);
          assert.equal(await visit.page.locator("html").getAttribute("lang"), lang, page);
        }
        visit.isQuiet(lang);
      }

      const original = await randomFile(`${computer.folder}/Leçon 4.pdf`, 12 * MB);
      const shared = await computer.essaim("share", "Leçon 4.pdf", "--json", "--data", alice!.data);
      assert.equal(shared.code, 0, shared.err);
      const [{ id }] = JSON.parse(shared.out);
      const got = await computer.essaim("get", id, "--out", "got", "--data", "data/peer-2");
      assert.equal(got.code, 0, got.err);
      assert.equal(await sha256(`${computer.folder}/got/Leçon 4.pdf`), await sha256(original));

      const running = await computer.processes("data/tracker", "data/peer-1", "data/peer-2");
      child.kill("SIGINT");
      const { code } = await until("start has ended", () => isOver && ended, STOP_MS);
      assert.equal(code, 0);
      assert.deepEqual(running.filter(isAlive), []);
    } finally {
      if (!isOver) child.kill("SIGTERM");
      await ended;
    }

    const stopped = await computer.essaim("status", "--data", "data/peer-1");
    assert.equal(stopped.code, 3);
    assert.match(stopped.err, /in another window: \.\/essaim /, "as it was started");
    assert.equal((await computer.essaim("frobnicate")).code, 2);
    assert.match((await computer.essaim("--version")).out, /^\d+\.\d+\.\d+\n$/);
    assert.match(await versionIn(`${computer.folder}/home/.cache/essaim`), /\/\d+\.\d+\.\d+-[0-9a-f]{16}$/);
    assert.deepEqual(await namesIn(`${computer.folder}/home/.cache`), ["essaim"]);
  });
}

Deno.test("for a system whose base cannot be had it says what to do, and what it does not understand it says too", async () => {
  const other = Deno.build.os === "darwin" ? "x86_64-unknown-linux-gnu" : "aarch64-apple-darwin";
  const { code, err } = await compile(NO_BASE, "--target", other);
  assert.equal(code, 1);
  assert.match(
    err,
    new RegExp(`${other} cannot be had \\(.*\\)\\. Run this on such a computer, or where .* DENORT_BIN`),
  );
  for (
    const args of [["--target", "mars"], ["--level", "0"], ["--what"], ["--target", "all", "--output", "x"], [
      "--target",
      other,
      "--self-extracting",
    ]]
  ) {
    const { code, err } = await compile(NO_BASE, ...args);
    assert.equal(code, 2, args.join(" "));
    assert.match(err, /deno task compile \[/, args.join(" "));
  }
});

Deno.test("deno compile finds the whole program in the same tree", async () => {
  const folder = await Deno.makeTempDir();
  try {
    // Deno itself stands for the base: what is written could not run, but everything was found and put in.
    const { code, err } = await compile(Deno.execPath(), "--output", `${folder}/essaim`);
    assert.equal(code, 0, err);
    assert.equal(err, "");
    assert.ok((await Deno.stat(`${folder}/essaim`)).size > (await Deno.stat(Deno.execPath())).size);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
