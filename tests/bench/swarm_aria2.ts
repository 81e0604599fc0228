import type { Desk } from "../lan/networks.ts";
import { ask } from "./computer.ts";
import { startOpenTracker } from "./opentracker.ts";
import { missingPrograms, type Service, startService } from "./run.ts";
import { type Order, type Prepared, pupilFolder, type SwarmContestant, type SwarmJob } from "./swarm_contestant.ts";

const RPC_PORT = 6_800;
const RPC = `http://127.0.0.1:${RPC_PORT}/jsonrpc`;
const READY_WITHIN_MS = 10_000;

/** All run and the first has announced the file; then each pupil's aria2 is handed the torrent. */
export const aria2Swarm: SwarmContestant = {
  title: "aria2 as BitTorrent, opentracker, local discovery",
  missing: () => missingPrograms(["aria2c", "opentracker"]),
  prepare,
};

async function prepare(job: SwarmJob): Promise<Prepared> {
  await using started = new AsyncDisposableStack();
  const { teacher, pupils, dir, file, signal } = job;
  const tracker = started.use(await startOpenTracker(file, dir, signal, teacher));
  const torrent = `${dir}/lesson.torrent`;
  await Deno.writeFile(torrent, tracker.torrent.bytes);
  const add = `${dir}/add.json`;
  const params = [tracker.torrent.bytes.toBase64(), [], {}];
  await Deno.writeTextFile(add, JSON.stringify({ jsonrpc: "2.0", id: "1", method: "aria2.addTorrent", params }));

  const start = (desk: Desk, folder: string, log: string, extra: readonly string[]) =>
    started.use(startService([...desk.within, "aria2c", ...settings(folder), ...extra], { signal, log }));
  const seeder = start(teacher, file.dir, `${dir}/seeder.log`, ["--bt-seed-unverified=true", torrent]);
  const services: Service[] = [tracker.service, seeder];
  const orders = await Promise.all(pupils.map(async (desk, index): Promise<Order> => {
    const folder = await pupilFolder(job, index);
    const done = `${folder}/done`;
    const hook = `${folder}/hook`;
    await Deno.writeTextFile(hook, `#!/bin/sh\ntouch "${done}"\n`, { mode: 0o755 });
    const extra = ["--enable-rpc=true", `--rpc-listen-port=${RPC_PORT}`, `--on-bt-download-complete=${hook}`];
    const service = start(desk, folder, `${folder}/aria2.log`, extra);
    services.push(service);
    await service.until("an answer", () => ask(desk, [RPC]), READY_WITHIN_MS);
    const command = ["curl", "-q", "-sS", "--fail", "--noproxy", "*", "--data-binary", `@${add}`, RPC];
    return { command, done, delivered: `${folder}/${file.name}` };
  }));
  await tracker.untilSeeded();
  const running = started.move();
  return { services, orders, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

function settings(folder: string): string[] {
  return [
    "--no-conf",
    "--no-netrc",
    "--quiet",
    "--disable-ipv6",
    "--enable-dht=false",
    "--bt-enable-lpd=true",
    "--bt-lpd-interface=eth0",
    "--listen-port=6881",
    "--seed-ratio=0.0", // goes on giving
    "--file-allocation=none",
    `--dir=${folder}`,
  ];
}
