import { EssaimError } from "../core/errors.ts";
import { commandLine } from "./command_line.ts";
import { ownDataFolder } from "./usual_folders.ts";

/** What a running peer or tracker says about itself in DATA/run.json. */
export interface RunFile {
  readonly pid: number;
  readonly uiPort?: number;
  readonly port?: number;
}

/** How to reach the peer of a data folder. */
export interface LocalPeerAddress {
  readonly data: string;
  readonly uiPort: number;
  readonly token: string;
}

const MAX_FOLDERS_LOOKED_AT = 200;

function isPort(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value < 65_536;
}

/** The run file of a data folder; undefined when nothing (readable) is there. */
export async function readRunFile(data: string): Promise<RunFile | undefined> {
  try {
    const value: unknown = JSON.parse(await Deno.readTextFile(`${data}/run.json`));
    if (typeof value !== "object" || value === null) return undefined;
    const { pid, uiPort, port } = value as Record<string, unknown>;
    if (typeof pid !== "number") return undefined;
    return { pid, ...(isPort(uiPort) ? { uiPort } : {}), ...(isPort(port) ? { port } : {}) };
  } catch {
    return undefined;
  }
}

/** Removes this process's own run file at once, for when there is no time left to stop properly. */
export function removeOwnRunFile(data: string): void {
  try {
    if (JSON.parse(Deno.readTextFileSync(`${data}/run.json`)).pid === Deno.pid) Deno.removeSync(`${data}/run.json`);
  } catch {
    // not there, or not ours
  }
}

/** Address and token of the peer that runs in `data`; throws `not-running` saying what to do. */
export async function findLocalPeer(data: string): Promise<LocalPeerAddress> {
  const [run, token] = await Promise.all([
    readRunFile(data),
    Deno.readTextFile(`${data}/api-token`).catch(() => undefined),
  ]);
  if (run?.uiPort === undefined || token === undefined) throw await noPeer(data);
  return { data, uiPort: run.uiPort, token: token.trim() };
}

/** Says that no peer runs in `data`, how to start one, and which other folders have one. */
export async function noPeer(data: string): Promise<EssaimError> {
  const others = await runningBelow(data);
  const hint = others.length > 0
    ? `\nOr choose one that runs: ${others.map((folder) => `--data ${folder}`).join(", ")}`
    : "";
  const starting = data === ownDataFolder() ? commandLine("").trim() : commandLine("peer", data);
  return new EssaimError(
    "not-running",
    `No peer runs in the data folder ${data}. Start it in another window: ${starting}${hint}`,
  );
}

/** Folders directly in `data` whose run.json names a peer, as `essaim start` makes them. */
async function runningBelow(data: string): Promise<string[]> {
  const found: string[] = [];
  try {
    let looked = 0;
    for await (const entry of Deno.readDir(data)) {
      if (++looked > MAX_FOLDERS_LOOKED_AT) break;
      if (entry.isDirectory && (await readRunFile(`${data}/${entry.name}`))?.uiPort) {
        found.push(`${data}/${entry.name}`);
      }
    }
  } catch {
    // no such folder: nothing runs there
  }
  return found.sort();
}
