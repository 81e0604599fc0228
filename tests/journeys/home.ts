import { essaimCommand, type Ran } from "./cli_runner.ts";

const COMMAND_MS = 30_000;
const PEER_MS = 240_000;
export const ANY_PORTS = ["--port", "0", "--member-port", "0", "--ui-port", "0", "--udp-port", "0"];

/** An empty home folder in which `essaim` is run, as by somebody who has just got it. */
export class Home implements AsyncDisposable {
  readonly #running: Deno.ChildProcess[] = [];

  private constructor(readonly folder: string) {}

  /** `opens`: what the program does that opens addresses; undefined where there is no screen. */
  static async empty(opens?: string, prefix = "essaim-home-"): Promise<Home> {
    const home = new Home(await Deno.makeTempDir({ prefix }));
    await Deno.mkdir(`${home.folder}/bin`);
    if (opens !== undefined) {
      await Deno.writeTextFile(`${home.folder}/bin/xdg-open`, `#!/bin/sh\n${opens}`, { mode: 0o755 });
    }
    home.env["DISPLAY"] = opens === undefined ? "" : ":99";
    return home;
  }

  readonly env: Record<string, string> = {};
  /** A command that runs every program given after it, in the same process. */
  within: readonly string[] = [];

  /** What was downloaded once for all. */
  readonly denoDir = Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;

  get data(): string {
    return `${this.folder}/.local/share/essaim`;
  }

  #command(args: readonly string[], limitMs: number, stdin: "null" | "piped" = "null"): Deno.Command {
    const { PATH = "", ...env } = Deno.env.toObject();
    const kept = Object.entries(env).filter(([name]) => !/^(ESSAIM|XDG)_|^WAYLAND_DISPLAY$/.test(name));
    return essaimCommand(args, {
      ...{ stdin, cwd: this.folder, within: this.within },
      signal: AbortSignal.timeout(limitMs),
      clearEnv: true,
      env: {
        ...Object.fromEntries(kept),
        DENO_DIR: this.denoDir,
        PATH: `${this.folder}/bin:${PATH}`,
        HOME: this.folder,
        ...this.env,
      },
    });
  }

  async run(...args: string[]): Promise<Ran> {
    const { code, stdout, stderr } = await this.#command(args, COMMAND_MS).output();
    return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
  }

  /** Starts it, until it is killed or these tests end; what it says so far. */
  start(...args: string[]): { readonly said: string[]; readonly ended: Promise<number>; kill(): void } {
    const child = this.#command([...ANY_PORTS, "--stop-with-stdin", ...args], PEER_MS, "piped").spawn();
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
      await child.stdin.close().catch(() => {});
    }
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** For `Home.empty`: a browser that only notes the addresses that it is given. */
export const RECORDS = 'echo "$1" >> "$HOME/opened"\n';
