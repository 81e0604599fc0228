import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { connectLocalPeer, type LocalApi } from "../../lib/cli/local_api.ts";
import { codePrefixOf, writeJoinLink } from "../../lib/core/class_code.ts";
import type { Download, DownloadStatus } from "../../lib/core/local_messages.ts";
import { until } from "./until.ts";

/** Trackers and peers as real processes on free ports, in a folder of their own that goes when the journey ends. */

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** The processes run elsewhere, where pages would not be bundled without it. */
const PROGRAM = ["--config", `${ROOT}deno.json`, `${ROOT}main.ts`];
const READY_MS = 30_000;
const COMMAND_MS = 60_000;
const STOP_MS = 6_000; // promised: 5 s
const ANY_PORTS = ["--port", "0", "--member-port", "0", "--udp-port", "0"];
const PEER_PORTS = [...ANY_PORTS, "--ui-port", "0"];

/** The parts of config.yaml that a journey changes. */
export type Settings = { readonly [section: string]: { readonly [key: string]: unknown } };

/** Small chunks and short waits, so that a few megabytes have a middle. */
const QUICK: Settings = {
  tracker: { announce_interval: "1 s", peer_expires: "4 s" },
  chunking: { chunk_size: "256 KiB", threshold: "1 MB" },
  sharing: { quiet_period: "100 ms", rescan_interval: "1 s" },
  ui: { welcome: false },
  log: { format: "json", level: "debug" },
};

export interface Place {
  readonly settings?: Settings;
  /** A command that runs the program given after it, such as prlimit, in the same process. */
  readonly within?: readonly string[];
  /** Instead of any free ports. */
  readonly ports?: readonly string[];
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Found {
  readonly id: string;
  readonly shareId: string;
  readonly name: string;
  readonly size: number;
  readonly owner: string;
  readonly peers: number;
}

export interface LogLine {
  readonly code: string;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A port on which only the programs of one test hear each other. */
export function beaconPort(): string {
  const socket = Deno.listenDatagram({ transport: "udp", hostname: "0.0.0.0", port: 0 });
  socket.close();
  return String((socket.addr as Deno.NetAddr).port);
}

/** No ESSAIM_* from outside, and none of the repository's own config.yaml. */
function environment(): Record<string, string> {
  return Object.fromEntries(Object.entries(Deno.env.toObject()).filter(([name]) => !name.startsWith("ESSAIM_")));
}

function command(within: readonly string[], args: readonly string[], options: Deno.CommandOptions): Deno.Command {
  const [program = "", ...rest] = [...within, Deno.execPath(), "run", "-q", "--no-prompt", "-A", ...PROGRAM, ...args];
  return new Deno.Command(program, { args: rest, env: environment(), clearEnv: true, ...options });
}

/** A tracker or peer: one data folder, one process at a time. */
export class Program implements AsyncDisposable {
  #child: Deno.ChildProcess | undefined;
  #status: Promise<Deno.CommandStatus> | undefined;
  #over = true;
  #said = "";
  port = 0;
  uiPort = 0;
  /** 0 in no class. */
  memberPort = 0;

  constructor(readonly data: string, readonly args: readonly string[], readonly place: Place) {}

  get pid(): number {
    return this.#child!.pid;
  }

  /** Starts it and waits until run.json names this process. `ports`: others than at first. */
  async start(ports: readonly string[] = this.place.ports ?? PEER_PORTS): Promise<void> {
    assert.ok(this.#over, "it runs already");
    this.#over = false;
    // It ends by itself when its standard input does: nothing is left running when the tests are killed.
    const args = [...this.args, ...ports, "--data", this.data, "--stop-with-stdin"];
    const options = { cwd: this.data, stdin: "piped", stdout: "null", stderr: "piped" } as const;
    const child = this.#child = command(this.place.within ?? [], args, options).spawn();
    this.#said = "";
    const heard = this.#hear(child.stderr);
    this.#status = Promise.all([child.status, heard]).then(([status]) => status).finally(() => this.#over = true);
    await until(`${this.data} is ready`, async () => {
      assert.ok(!this.#over, `it ended instead of starting: ${this.#said}`);
      return await this.#readRunFile() === child.pid;
    }, READY_MS);
  }

  async #readRunFile(): Promise<number> {
    const run = JSON.parse(await Deno.readTextFile(`${this.data}/run.json`).catch(() => "{}"));
    this.port = run.port;
    this.uiPort = run.uiPort;
    this.memberPort = run.memberPort ?? 0;
    return run.pid;
  }

  /** Until members are answered. */
  async answersMembers(): Promise<void> {
    await until(`${this.data} answers members`, async () => {
      await this.#readRunFile();
      return this.memberPort > 0;
    });
  }

  async #hear(stderr: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stderr.pipeThrough(new TextDecoderStream())) {
      this.#said = (this.#said + text).slice(-10_000);
    }
  }

  /** As `kill -9` does. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** As Ctrl-C does; the exit code and how long it took. */
  async stop(): Promise<{ code: number; ms: number }> {
    const began = performance.now();
    const { code } = await this.#end("SIGINT");
    return { code, ms: performance.now() - began };
  }

  async #end(signal: "SIGINT" | "SIGKILL"): Promise<Deno.CommandStatus> {
    const child = this.#child!;
    if (!this.#over) child.kill(signal);
    const timer = setTimeout(() => !this.#over && child.kill("SIGKILL"), STOP_MS);
    const status = await this.#status!;
    clearTimeout(timer);
    await child.stdin.close().catch(() => {});
    return status;
  }

  /** Log lines with this code, oldest first. */
  async log(code: string): Promise<LogLine[]> {
    const text = await Deno.readTextFile(`${this.data}/logs/${this.args[0]}.log`).catch(() => "");
    return text.split("\n").flatMap((line) => line.includes(`"${code}"`) ? parsed(line) : [])
      .filter((line) => line.code === code);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#over) await this.#end("SIGKILL");
    else await this.#child?.stdin.close().catch(() => {});
  }
}

/** The last line of a killed process may be cut. */
function parsed(line: string): LogLine[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}

export class Peer extends Program {
  /** Address of its pages, without a slash at the end. */
  get pages(): string {
    return `http://127.0.0.1:${this.uiPort}`;
  }

  /** Its local API at its present port. */
  api(): Promise<LocalApi> {
    return connectLocalPeer(this.data);
  }

  /** Runs `essaim ARGS --data …` as a user would. */
  async cli(...args: string[]): Promise<Ran> {
    return await essaim([...args, "--data", this.data], this.data, this.place.within);
  }

  /** Runs a command with --json; fails unless it succeeds. */
  async json<T>(...args: string[]): Promise<T> {
    const { code, out, err } = await this.cli(...args, "--json");
    assert.equal(code, 0, err);
    return JSON.parse(out);
  }

  async share(path: string, ...options: string[]): Promise<Found> {
    const [shared] = await this.json<Found[]>("share", path, ...options);
    return shared!;
  }

  search(words: string): Promise<Found[]> {
    return this.json("search", words);
  }

  /** Fetches to the end. */
  async get(what: string): Promise<Download & { path: string }> {
    const download = await this.json<Download>("get", what);
    return { ...download, path: download.path! };
  }

  /** Asks for a file and does not wait for it. */
  async begin({ id }: Found): Promise<string> {
    return (await (await this.api()).download({ fileId: id as Download["fileId"] })).id;
  }

  /** The download in one of these states and with this much of it there; fails when it ends otherwise. */
  async reaches(id: string, statuses: DownloadStatus[], part = 0, withinMs = 40_000): Promise<Download> {
    const api = await this.api();
    let last: Download | undefined;
    try {
      return await until(`the download is ${statuses.join(" or ")}`, async () => {
        last = (await api.downloads()).find((download) => download.id === id);
        assert.ok(last, "the download is not listed");
        if (statuses.includes(last.status) && last.done >= part * last.size) return last;
        assert.ok(last.status !== "failed" && last.status !== "complete", `${last.status}: ${last.reason}`);
      }, withinMs);
    } catch (error) {
      throw new Error(`${(error as Error).message} ${JSON.stringify(last)}`);
    }
  }

  async completes(id: string, withinMs?: number): Promise<Download & { path: string }> {
    const download = await this.reaches(id, ["complete"], 1, withinMs);
    return { ...download, path: download.path! };
  }

  /** Everything of a download that lies in its folder before it has its name: `.part`, `.folder`. */
  partPath(id: string, suffix = ".part"): string {
    return `${this.data}/downloads/.essaim-${id}${suffix}`;
  }
}

export async function essaim(args: readonly string[], cwd: string, within: readonly string[] = []): Promise<Ran> {
  const signal = AbortSignal.timeout(COMMAND_MS);
  const { code, stdout, stderr } = await command(within, args, { cwd, signal, stdin: "null" }).output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

/** A tracker and peers under one folder. */
export class Classroom implements AsyncDisposable {
  readonly #programs: Program[] = [];
  #tracker = "";

  private constructor(readonly folder: string) {}

  static async open(): Promise<Classroom> {
    return new Classroom(await Deno.realPath(await Deno.makeTempDir({ prefix: "essaim-journey-" })));
  }

  /** The tracker, and then peers of these names. */
  static async with(...names: string[]): Promise<Classroom> {
    const room = await Classroom.open();
    try {
      await room.startTracker();
      await Promise.all(names.map((name) => room.startPeer(name)));
      return room;
    } catch (error) {
      await room[Symbol.asyncDispose]();
      throw error;
    }
  }

  peer(name: string): Peer {
    return this.#programs.find((program) => program instanceof Peer && program.data.endsWith(`/${name}`)) as Peer;
  }

  get tracker(): Program {
    return this.#programs.find(({ args }) => args[0] === "tracker")!;
  }

  async startTracker(place: Place = {}): Promise<Program> {
    const program = new Program(`${this.folder}/tracker`, ["tracker"], { ports: ANY_PORTS, ...place });
    await this.#begin(program);
    this.#tracker = `http://127.0.0.1:${program.port}`;
    return program;
  }

  /** Without a tracker, its address is left to the settings. */
  async startPeer(name: string, place: Place = {}, tracker: string | null = this.#tracker): Promise<Peer> {
    const flags = tracker === null ? [] : ["--tracker", tracker];
    const peer = new Peer(`${this.folder}/${name}`, ["peer", "--name", name, ...flags], place);
    await this.#begin(peer);
    return peer;
  }

  /** What the teacher hands out. */
  async joinLink(): Promise<string> {
    const dir = `${this.tracker.data}/class`;
    const { secret } = JSON.parse(await Deno.readTextFile(`${dir}/class.json`));
    const { class: id } = await (await fetch(`${this.#tracker}/api/class`)).json();
    return writeJoinLink(this.#tracker, { prefix: codePrefixOf(id), secret });
  }

  /** These peers join the class under their names. */
  async join(...names: string[]): Promise<void> {
    const link = await this.joinLink();
    await Promise.all(names.map(async (name) => {
      const peer = this.peer(name);
      const { code, err } = await peer.cli("join", link, "--name", name);
      assert.equal(code, 0, err);
      await peer.answersMembers();
    }));
  }

  /** A tracker with its class, and members of these names. */
  static async ofMembers(...names: string[]): Promise<Classroom> {
    const room = await Classroom.with(...names);
    try {
      await room.join(...names);
      return room;
    } catch (error) {
      await room[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #begin(program: Program): Promise<void> {
    this.#programs.push(program);
    await Deno.mkdir(program.data, { recursive: true });
    const settings: Record<string, unknown> = { ...QUICK };
    for (const [section, keys] of Object.entries(program.place.settings ?? {})) {
      settings[section] = { ...QUICK[section], ...keys };
    }
    await Deno.writeTextFile(`${program.data}/config.yaml`, JSON.stringify(settings));
    await program.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#programs.map((program) => program[Symbol.asyncDispose]()));
    await Deno.remove(this.folder, { recursive: true });
  }
}
