import assert from "node:assert/strict";
import { essaimCommand, type Ran } from "./cli_runner.ts";
import { until } from "./until.ts";

/** `essaim` alone, as somebody runs it who has just got it: an empty home folder, no settings. */

const ANY_PORTS = ["--port", "0", "--member-port", "0", "--ui-port", "0", "--udp-port", "0"];

class Home implements AsyncDisposable {
  readonly #running: Deno.ChildProcess[] = [];

  private constructor(readonly folder: string) {}

  /** `opens`: what the program does that opens addresses; undefined where there is no screen. */
  static async empty(opens?: string): Promise<Home> {
    const home = new Home(await Deno.makeTempDir({ prefix: "essaim-home-" }));
    await Deno.mkdir(`${home.folder}/bin`);
    if (opens !== undefined) {
      await Deno.writeTextFile(`${home.folder}/bin/xdg-open`, `#!/bin/sh\n${opens}`, { mode: 0o755 });
    }
    home.env["DISPLAY"] = opens === undefined ? "" : ":99";
    return home;
  }

  readonly env: Record<string, string> = {};

  get data(): string {
    return `${this.folder}/.local/share/essaim`;
  }

  #command(args: readonly string[]): Deno.Command {
    const { PATH = "", ...env } = Deno.env.toObject();
    const kept = Object.entries(env).filter(([name]) => !/^(ESSAIM|XDG)_|^WAYLAND_DISPLAY$/.test(name));
    return essaimCommand(args, {
      cwd: this.folder,
      clearEnv: true,
      env: {
        ...Object.fromEntries(kept),
        DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`,
        PATH: `${this.folder}/bin:${PATH}`,
        HOME: this.folder,
        ...this.env,
      },
    });
  }

  async run(...args: string[]): Promise<Ran> {
    const { code, stdout, stderr } = await this.#command(args).output();
    return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
  }

  /** Starts it; what it says so far. */
  start(...args: string[]): { readonly said: string[]; readonly ended: Promise<number>; kill(): void } {
    const child = this.#command([...ANY_PORTS, ...args]).spawn();
    this.#running.push(child);
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      void (async () => {
        for await (const text of stream.pipeThrough(new TextDecoderStream())) said.push(text);
      })().catch(() => {});
    }
    return { said, ended: child.status.then(({ code }) => code), kill: () => child.kill("SIGTERM") };
  }

  async opened(): Promise<string[]> {
    const text = await Deno.readTextFile(`${this.folder}/opened`).catch(() => "");
    return text.split("\n").filter((line) => line !== "");
  }

  async isThere(path: string): Promise<boolean> {
    return await Deno.stat(`${this.folder}/${path}`).then(() => true, () => false);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#running) {
      try {
        child.kill("SIGKILL");
      } catch {
        // it has ended
      }
      await child.status;
    }
    await Deno.remove(this.folder, { recursive: true });
  }
}

const RECORDS = 'echo "$1" >> "$HOME/opened"\n';

Deno.test("essaim alone keeps its data in the user's folders and opens its pages; again, it opens those that run", async () => {
  await using home = await Home.empty(RECORDS);
  await Deno.mkdir(`${home.folder}/Documents`);
  await Deno.mkdir(`${home.folder}/.config`);
  await Deno.writeTextFile(`${home.folder}/.config/user-dirs.dirs`, 'XDG_DOWNLOAD_DIR="$HOME/Téléchargements"\n');
  const first = home.start();
  const [address] = await until("a page is opened", async () => {
    const opened = await home.opened();
    return opened.length === 1 && opened;
  });
  assert.match(address!, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  const answer = await fetch(address!, { headers: { "accept": "text/html" } });
  assert.equal(answer.status, 200);
  await answer.body?.cancel();
  await until("it says so", () => Promise.resolve(first.said.join("").includes("Its pages open in the browser")));
  for (const path of ["Documents/Essaim", "Téléchargements/Essaim", ".local/share/essaim/peer.db"]) {
    assert.ok(await home.isThere(path), path);
  }
  assert.ok(!await home.isThere("data"));
  const status = await home.run("status", "--json");
  assert.equal(JSON.parse(status.out).tracker.state, "none", status.err);

  const second = await home.run();
  assert.equal(second.code, 0, second.err);
  assert.match(second.out, new RegExp(`^Essaim runs already.*${address}`));
  assert.deepEqual(await home.opened(), [address, address]);

  first.kill();
  assert.equal(await first.ended, 0);
  assert.ok(!await home.isThere(".local/share/essaim/run.json"));
  const none = await home.run("status");
  assert.equal(none.code, 3);
  assert.match(none.err, /Start it in another window: essaim\n/);
});

Deno.test("two starts at the same moment are one peer, whose pages open twice", async () => {
  await using home = await Home.empty(RECORDS);
  const starts = [home.start(), home.start()];
  assert.equal(await Promise.race(starts.map(({ ended }) => ended)), 0);
  await until("both have opened it", async () => (await home.opened()).length === 2);
  assert.equal(new Set(await home.opened()).size, 1);
  assert.equal((await home.run("status")).code, 0);
});

Deno.test("without a screen or a browser that can be opened, the address is printed", async () => {
  for (const opens of [undefined, "exit 3\n"]) {
    await using home = await Home.empty(opens);
    const { said } = home.start();
    await until(
      "it says where",
      () =>
        Promise.resolve(
          /No browser can be opened from here\. Open this address .* http:\/\/127\.0\.0\.1:\d+\/\n/.test(said.join("")),
        ),
    );
  }
});

Deno.test("a home folder in which nothing can be written, and ports that are all taken, are named with what to do", async () => {
  await using home = await Home.empty(RECORDS);
  await Deno.writeTextFile(`${home.folder}/file`, "");
  home.env["XDG_DATA_HOME"] = `${home.folder}/file`;
  const unwritable = await home.run(...ANY_PORTS);
  assert.equal(unwritable.code, 1);
  assert.match(
    unwritable.err,
    /essaim: Cannot write in the data folder .*\/file\/essaim\. .* choose another folder with --data/,
  );
  delete home.env["XDG_DATA_HOME"];

  const listener = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  const { port } = listener.addr;
  for (const option of ["--port", "--ui-port"]) {
    const { code, err } = await home.run(...ANY_PORTS, option, String(port));
    assert.equal(code, 1, option);
    assert.match(err, new RegExp(`essaim: .*port ${port}.*set another`, "s"), option);
  }
  listener.close();
  assert.deepEqual(await home.opened(), []);
});
