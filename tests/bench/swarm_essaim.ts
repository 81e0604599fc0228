import { LanPeer } from "../lan/lan_room.ts";
import type { Desk } from "../lan/networks.ts";
import { type EssaimProcess, missingEssaim, startPeer, startTracker } from "./essaim_process.ts";
import type { Order, Prepared, SwarmContestant, SwarmJob } from "./swarm_contestant.ts";

const BEACON_PORT = 5_555;
const SEEN_WITHIN_MS = 60_000;

/** The tracker and all peers run, see each other and find the file; then each pupil's peer is asked for it as by the button. */
export const essaimSwarm: SwarmContestant = {
  title: "Essaim",
  missing: missingEssaim,
  prepare,
};

async function prepare(job: SwarmJob): Promise<Prepared> {
  await using started = new AsyncDisposableStack();
  const { teacher, pupils, dir, signal } = job;
  const place = (desk: Desk) => ({ within: desk.within, udpPort: BEACON_PORT });
  const tracker = started.use(await startTracker(`${dir}/tracker`, signal, { within: teacher.within }));
  const url = `http://${teacher.address}:${tracker.port}`;
  const begin = async (desk: Desk, name: string) => {
    const process = started.use(await startPeer(`${dir}/${name}`, url, signal, place(desk)));
    const pages = `http://127.0.0.1:${process.uiPort}`;
    return { process, peer: new LanPeer(name, { data: process.dir, pages, port: process.port }, desk) };
  };
  const first = await begin(teacher, "teacher");
  const others = await Promise.all(pupils.map((desk, index) => begin(desk, `pupil${index + 1}`)));
  const { id } = await first.peer.share(job.file.path);
  await Promise.all(others.map(async ({ peer }) => {
    const all = (there: unknown[]) => there.length >= pupils.length;
    await peer.watch("/api/peers", all, SEEN_WITHIN_MS);
    const found = ({ results }: { results: { id: string }[] }) => results.some((result) => result.id === id);
    await peer.watch(`/api/search?q=${job.file.name}`, found, SEEN_WITHIN_MS);
  }));
  const orders = await Promise.all(others.map(({ process }) => orderOf(process, id, job.file.name)));
  const services = [tracker, first.process, ...others.map(({ process }) => process)].map(({ service }) => service);
  const running = started.move();
  return { services, orders, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

async function orderOf({ dir, uiPort }: EssaimProcess, fileId: string, name: string): Promise<Order> {
  const token = (await Deno.readTextFile(`${dir}/api-token`)).trim();
  const delivered = `${dir}/downloads/${name}`; // has this name only once it is complete and verified
  const headers = ["-H", `authorization: Bearer ${token}`, "-H", "content-type: application/json"];
  const url = `http://127.0.0.1:${uiPort}/api/downloads`;
  const command = ["curl", "-q", "-sS", "--fail", "--noproxy", "*", ...headers, "-d", JSON.stringify({ fileId }), url];
  return { command, done: delivered, delivered };
}
