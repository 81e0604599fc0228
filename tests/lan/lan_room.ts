import { fileURLToPath } from "node:url";
import type { Download, LocalPeer } from "../../lib/core/local_messages.ts";
import type { FoundShare, Stats } from "../../lib/core/messages.ts";
import { Classroom, type Peer, type Program, type Settings } from "../journeys/processes.ts";
import { until } from "../journeys/until.ts";
import { type Desk, type Room, switched } from "./networks.ts";

const DATAGRAMS = fileURLToPath(new URL("datagrams.ts", import.meta.url));
/** Beacons every second, so that who is gone is missed after three. */
export const QUICKLY: Settings = { discovery: { interval: "1 s" } };
const BEACON_PORT = 5_555;
const PEER_PORTS = ["--port", "0", "--member-port", "0", "--ui-port", "0", "--udp-port", String(BEACON_PORT)];
const CURL_SECONDS = 20;

/** A peer on a computer of its own, asked over its local API from there. */
export class LanPeer<Running extends Pick<Peer, "data" | "pages" | "port"> = Peer> {
  constructor(readonly name: string, readonly peer: Running, readonly desk: Desk) {}

  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const token = (await Deno.readTextFile(`${this.peer.data}/api-token`)).trim();
    const url = `${this.peer.pages}${path}`;
    const [program = "", ...args] = [
      ...[...this.desk.within, "curl", "-sS", "--noproxy", "*", "-m", String(CURL_SECONDS), "-X", method],
      ...["-H", `authorization: Bearer ${token}`],
      ...(body === undefined ? [] : ["-H", "content-type: application/json", "-d", JSON.stringify(body)]),
      ...["-w", "\n%{http_code}", url],
    ];
    const { stdout, stderr } = await new Deno.Command(program, { args }).output();
    const [, text = "", status] = /^([^]*)\n(\d+)$/.exec(new TextDecoder().decode(stdout)) ?? [];
    if (!status?.startsWith("2")) {
      throw new Error(`${this.name} ${path}: ${status} ${text}${new TextDecoder().decode(stderr)}`);
    }
    return text === "" ? undefined as T : JSON.parse(text);
  }

  /** Asks for it ten times a second, with one process, until the answer is right. */
  async watch<T>(path: string, isRight: (answer: T) => boolean, withinMs: number): Promise<void> {
    const token = (await Deno.readTextFile(`${this.peer.data}/api-token`)).trim();
    const times = Math.ceil(withinMs / 100);
    const [program = "", ...args] = [
      ...[...this.desk.within, "curl", "-sSN", "--noproxy", "*", "--rate", "600/m"],
      ...["-H", `authorization: Bearer ${token}`, "-w", "\n", `${this.peer.pages}${path}#[1-${times}]`],
    ];
    const child = new Deno.Command(program, { args, stdin: "null", stdout: "piped", stderr: "null" }).spawn();
    let text = "";
    for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += part;
      const end = text.lastIndexOf("\n");
      if (end < 0) continue;
      const last = text.slice(text.lastIndexOf("\n", end - 1) + 1, end);
      text = text.slice(end + 1);
      if (last === "" || !isRight(JSON.parse(last))) continue;
      child.kill();
      await child.status;
      return;
    }
    throw new Error(`${this.name} was asked for ${path} ${withinMs / 1_000} s in vain.`);
  }

  share(path: string): Promise<FoundShare> {
    return this.ask("POST", "/api/shares", { path });
  }

  async names(words = ""): Promise<string[]> {
    const { results } = await this.ask<{ results: FoundShare[] }>("GET", `/api/search?q=${encodeURIComponent(words)}`);
    return results.map(({ name }) => name).sort();
  }

  finds(...names: string[]): Promise<unknown> {
    return until(`${this.name} finds ${names}`, async () => (await this.names()).join() === names.sort().join());
  }

  async peers(): Promise<LocalPeer[]> {
    return await this.ask("GET", "/api/peers");
  }

  async sees(others: readonly LanPeer[], withinMs?: number): Promise<unknown> {
    const wanted = others.map(({ name, desk, peer }) => `${name} ${desk.address} ${peer.port}`).sort().join();
    const seen = async () =>
      (await this.peers()).map(({ name, host, port }) => `${name} ${host} ${port}`).sort().join();
    return await until(`${this.name} sees ${wanted}`, async () => await seen() === wanted, withinMs);
  }

  async begin({ id }: { readonly id: string }): Promise<string> {
    return (await this.ask<Download>("POST", "/api/downloads", { fileId: id })).id;
  }

  async download(id: string): Promise<Download> {
    const download = (await this.ask<Download[]>("GET", "/api/downloads")).find((one) => one.id === id);
    if (download?.status === "failed") throw new Error(`The download failed: ${download.reason}`);
    return download!;
  }

  /** The download with so much of it there. */
  has(id: string, part: number, withinMs = 40_000): Promise<Download> {
    return until(`${this.name} has ${part * 100} %`, async () => {
      const download = await this.download(id);
      return download.done >= part * download.size && download;
    }, withinMs);
  }

  completes(id: string, withinMs = 60_000): Promise<Download> {
    return until(`the download of ${this.name} is complete`, async () => {
      const download = await this.download(id);
      return download.status === "complete" && download;
    }, withinMs);
  }
}

/** Peers on computers at one switch, and a tracker on the first computer when it is started. */
export class LanRoom implements AsyncDisposable {
  #tracker: Program | undefined;

  private constructor(readonly network: Room, readonly room: Classroom) {}

  /** Undefined, with the reason printed, where this system does not allow it. */
  static async open(computers: number): Promise<LanRoom | undefined> {
    const network = await switched(computers);
    return network && new LanRoom(network, await Classroom.open());
  }

  get folder(): string {
    return this.room.folder;
  }

  get tracker(): Program {
    return this.#tracker!;
  }

  /** On the first computer, always at the same port. */
  get trackerUrl(): string {
    return `http://${this.network.computers[0]!.address}:${this.tracker.port}`;
  }

  async startTracker(): Promise<Program> {
    const { within } = this.network.computers[0]!;
    return this.#tracker = await this.room.startTracker({ within, settings: QUICKLY });
  }

  async trackerAgain(): Promise<void> {
    await this.tracker.start(["--port", String(this.tracker.port), "--member-port", "0", "--udp-port", "0"]);
  }

  /** What its pages say. */
  async statistics(): Promise<Stats> {
    const [program = "", ...args] = [
      ...[...this.network.computers[0]!.within, "curl", "-sS", "--noproxy", "*", "-m", "5"],
      `${this.trackerUrl}/api/stats`,
    ];
    const { stdout } = await new Deno.Command(program, { args }).output();
    return JSON.parse(new TextDecoder().decode(stdout));
  }

  async start(name: string, computer: number, settings: Settings = QUICKLY): Promise<LanPeer> {
    const desk = this.network.computers[computer]!;
    const url = this.#tracker ? this.trackerUrl : "";
    return new LanPeer(
      name,
      await this.room.startPeer(name, { within: desk.within, ports: PEER_PORTS, settings }, url),
      desk,
    );
  }

  /** One on each of the computers `from`, `from` + 1, …. */
  startAll(names: readonly string[], from = 0): Promise<LanPeer[]> {
    return Promise.all(names.map((name, index) => this.start(name, from + index)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.room[Symbol.asyncDispose]();
    await this.network[Symbol.asyncDispose]();
  }
}

/** Runs datagrams.ts there with these arguments; what it printed. */
export async function datagrams(desk: Desk, order: DatagramOrder): Promise<string> {
  const [program = "", ...args] = [
    ...desk.within,
    Deno.execPath(),
    "run",
    "-q",
    "-A",
    DATAGRAMS,
    JSON.stringify(order),
  ];
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

export type DatagramOrder =
  /** Sends each of these texts from an address of the computer to everybody, so many times. */
  | {
    readonly kind: "send";
    readonly from: string;
    readonly to: string;
    readonly texts: readonly string[];
    readonly times: number;
    readonly everyMs: number;
  }
  /** Prints the first datagram that contains this text. */
  | { readonly kind: "hear"; readonly text: string }
  /** Junk, some of it like beacons, at this rate. */
  | { readonly kind: "flood"; readonly to: string; readonly perSecond: number; readonly seconds: number };
