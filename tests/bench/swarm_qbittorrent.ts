import type { Desk } from "../lan/networks.ts";
import { ask } from "./computer.ts";
import { startOpenTracker } from "./opentracker.ts";
import { writeProfile } from "./qbittorrent_profile.ts";
import { missingPrograms, type Service, startService } from "./run.ts";
import { type Order, type Prepared, pupilFolder, type SwarmContestant, type SwarmJob } from "./swarm_contestant.ts";

const PEER_PORT = 6_881;
const UI_PORT = 8_080;
const API = `http://127.0.0.1:${UI_PORT}/api/v2`;
const READY_WITHIN_MS = 30_000;
const USUAL_REFRESH_MS = 1_500;

/** All run and the first has announced the file; then each pupil's client is handed the torrent. */
export const qBittorrentSwarm: SwarmContestant = {
  title: "qBittorrent, opentracker, local discovery",
  missing: () => missingPrograms(["qbittorrent-nox", "opentracker"]),
  prepare,
};

async function prepare(job: SwarmJob): Promise<Prepared> {
  await using started = new AsyncDisposableStack();
  const { teacher, pupils, dir, file, signal } = job;
  const tracker = started.use(await startOpenTracker(file, dir, signal, teacher));
  const torrent = `${dir}/lesson.torrent`;
  await Deno.writeFile(torrent, tracker.torrent.bytes);
  const services: Service[] = [tracker.service];

  const start = async (desk: Desk, folder: string, whenComplete?: string) => {
    await writeProfile(folder, {
      peerPort: PEER_PORT,
      uiPort: UI_PORT,
      device: "eth0",
      address: desk.address,
      refreshMs: USUAL_REFRESH_MS,
      finds: true,
      ...(whenComplete === undefined ? {} : { whenComplete }),
    });
    const command = [...desk.within, "qbittorrent-nox", `--profile=${folder}`, `--webui-port=${UI_PORT}`];
    const service = started.use(startService(command, { signal, log: `${folder}/client.log` }));
    services.push(service);
    await service.until("an answer", () => ask(desk, ["--fail", `${API}/app/version`]), READY_WITHIN_MS);
    return service;
  };
  /** Arguments of curl that hand over the torrent. */
  const adding = (saveIn: string, skipCheck: boolean) => {
    const fields = [`torrents=@${torrent}`, `savepath=${saveIn}`, `skip_checking=${skipCheck}`];
    return [...fields.flatMap((field) => ["-F", field]), `${API}/torrents/add`];
  };
  const orders = await Promise.all(pupils.map(async (desk, index): Promise<Order> => {
    const folder = await pupilFolder(job, index);
    const done = `${folder}/done`;
    await start(desk, folder, `touch ${done}`);
    const command = ["curl", "-q", "-sS", "--fail", "--noproxy", "*", ...adding(folder, false)];
    return { command, done, delivered: `${folder}/${file.name}` };
  }));
  const seeder = await start(teacher, `${dir}/seeder`);
  const accepted = async () => await ask(teacher, ["--fail", ...adding(file.dir, true)]) === "Ok." || undefined;
  await seeder.until("the torrent to be taken", accepted, READY_WITHIN_MS, 200);
  await tracker.untilSeeded();
  const running = started.move();
  return { services, orders, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}
