/** Starts Essaim's own processes and commands as a user would. */

import { codePrefixOf, writeJoinLink } from "../../lib/core/class_code.ts";
import { ownCommand } from "../../lib/cli/child.ts";
import { isFile, type Ran, run, type Service, startService } from "./run.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const OWN = ownCommand();
/** Deno lets only programs with all rights write below /dev, where the memory file system is. */
const PROGRAM = [OWN.program, ...OWN.args.map((arg) => arg.startsWith("-P=") ? "-A" : arg)];
const READY_WITHIN_MS = 60_000; // the first start may hash or cache much

/** What a process writes to `DATA/run.json` when it is ready. */
export interface RunFile {
  readonly pid: number;
  readonly port: number;
  /** A tracker has none. */
  readonly uiPort?: number;
}

export interface EssaimProcess extends AsyncDisposable {
  readonly service: Service;
  readonly dir: string;
  readonly port: number;
  /** Of the pages and of the local API; 0 of a tracker. */
  readonly uiPort: number;
  /** From the start of the process to its `run.json`. */
  readonly readySeconds: number;
}

export interface SharedFile {
  readonly id: string;
  readonly shareId: string;
  readonly name: string;
  readonly size: number;
}

export const missingEssaim = (): string[] => isFile(MAIN) ? [] : ["main.ts"];

export interface Place {
  /** A command that runs the program given after it somewhere else, in the same process. */
  readonly within?: readonly string[];
  /** 0, as is usual here: no discovery. */
  readonly udpPort?: number;
}

/** The tracker on any free ports, with its data in `dir`. */
export function startTracker(dir: string, signal: AbortSignal, place: Place = {}): Promise<EssaimProcess> {
  const ports = ["--port", "0", "--member-port", "0", "--udp-port", String(place.udpPort ?? 0)];
  return start(["tracker", ...ports], dir, signal, place);
}

/** A peer named after its folder, on any free ports. `trackerUrl` may be that of nobody. */
export function startPeer(
  dir: string,
  trackerUrl: string,
  signal: AbortSignal,
  place: Place = {},
): Promise<EssaimProcess> {
  const name = dir.slice(dir.lastIndexOf("/") + 1);
  const ports = ["--ui-port", "0", "--port", "0", "--member-port", "0", "--udp-port", String(place.udpPort ?? 0)];
  return start(["peer", "--name", name, "--tracker", trackerUrl, ...ports], dir, signal, place);
}

async function start(
  args: readonly string[],
  dir: string,
  signal: AbortSignal,
  { within = [] }: Place,
): Promise<EssaimProcess> {
  await Deno.mkdir(dir, { recursive: true });
  const began = performance.now();
  const options = { signal, cwd: dir, log: `${dir}/bench.log` };
  const service = startService([...within, ...PROGRAM, ...args, "--data", dir], options);
  try {
    const { port, uiPort = 0 } = await service.until(
      "run.json",
      () => readRunFile(dir, service.pid),
      READY_WITHIN_MS,
      5,
    );
    const readySeconds = (performance.now() - began) / 1000;
    return { service, dir, port, uiPort, readySeconds, [Symbol.asyncDispose]: () => service[Symbol.asyncDispose]() };
  } catch (error) {
    await service[Symbol.asyncDispose]();
    throw error;
  }
}

async function readRunFile(dir: string, pid: number): Promise<RunFile | undefined> {
  try {
    const runFile: RunFile = JSON.parse(await Deno.readTextFile(`${dir}/run.json`));
    return runFile.pid === pid ? runFile : undefined; // another pid: left by an earlier process
  } catch {
    return undefined; // not there, or not whole yet
  }
}

/** Runs one Essaim command for the peer whose data is in `dir`. */
export const essaim = (args: readonly string[], dir: string, signal: AbortSignal): Promise<Ran> =>
  run(PROGRAM[0]!, [...PROGRAM.slice(1), ...args, "--data", dir], { signal, cwd: dir });

/** Shares one file, with whom `audience` says; returns when it is hashed and announced. */
export async function share(
  path: string,
  dir: string,
  signal: AbortSignal,
  audience: readonly string[] = [],
): Promise<{ ran: Ran; shared: SharedFile }> {
  const ran = await essaim(["share", path, ...audience, "--json"], dir, signal);
  const [shared]: SharedFile[] = JSON.parse(ran.stdout);
  if (!shared) throw new Error(`share ${path} --json printed no share: ${ran.stdout}`);
  return { ran, shared };
}

/** As the tracker's terminal shows it. */
export async function joinLink({ dir, port }: EssaimProcess): Promise<string> {
  const url = `http://127.0.0.1:${port}`;
  const { secret } = JSON.parse(await Deno.readTextFile(`${dir}/class/class.json`));
  const { class: id } = await (await fetch(`${url}/api/class`)).json();
  return writeJoinLink(url, { prefix: codePrefixOf(id), secret });
}

/** The command of somebody who joins. */
export const join = (link: string, name: string, dir: string, signal: AbortSignal): Promise<Ran> =>
  essaim(["join", link, "--name", name], dir, signal);
