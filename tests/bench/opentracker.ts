import type { Computer } from "../lan/networks.ts";
import { ask } from "./computer.ts";
import { type Service, startService } from "./run.ts";
import { type Torrent, torrentOf } from "./torrent.ts";
import type { TestFile } from "./test_file.ts";

const PORT = 6_969;
const READY_WITHIN_MS = 5_000;
const KNOWN_WITHIN_MS = 30_000;

export interface OpenTracker extends AsyncDisposable {
  readonly service: Service;
  /** Of the file, naming this tracker. */
  readonly torrent: Torrent;
  /** Returns when somebody who has the whole file has announced it. */
  untilSeeded(): Promise<void>;
}

/** Tracks one file; `dir` must exist. */
export async function startOpenTracker(
  file: TestFile,
  dir: string,
  signal: AbortSignal,
  computer: Computer,
): Promise<OpenTracker> {
  const url = `http://${computer.address}:${PORT}`;
  const torrent = torrentOf(file, `${url}/announce`);
  const root = `${dir}/opentracker`;
  await Deno.mkdir(root);
  await Deno.chmod(root, 0o755); // it refuses to run as root
  await Deno.writeTextFile(`${root}/whitelist`, `${torrent.infoHash}\n`);
  const ports = ["-i", computer.address, "-p", String(PORT), "-P", String(PORT)];
  const args = ["opentracker", ...ports, "-d", root, "-u", "nobody", "-w", "whitelist"];
  const service = startService([...computer.within, ...args], { signal, log: `${dir}/opentracker.log` });
  const infoHash = torrent.infoHash.replace(/../g, "%$&");
  const scrape = () => ask(computer, [`${url}/scrape?info_hash=${infoHash}`]);
  try {
    await service.until("its port to open", scrape, READY_WITHIN_MS);
  } catch (error) {
    await service[Symbol.asyncDispose]();
    throw error;
  }
  const isSeeded = async () => (await scrape())?.includes("8:completei1e") || undefined;
  return {
    service,
    torrent,
    untilSeeded: async () => void await service.until("the seeder's announce", isSeeded, KNOWN_WITHIN_MS),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}
