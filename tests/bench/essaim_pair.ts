import type { Contestant, Job, Shared, Transfer } from "./contestant.ts";
import {
  essaim,
  type EssaimProcess,
  join,
  joinLink,
  missingEssaim,
  share,
  startPeer,
  startTracker,
} from "./essaim_process.ts";
import { peakBytes } from "./processes.ts";
import { cpuDuring } from "./run.ts";

/** A tracker, a sender and a receiver; the time is that of the command `get`, to a verified file under its name. */
export const essaimPair: Contestant = {
  title: "Essaim",
  missing: missingEssaim,
  transfer: ({ file, ...job }) => essaimTransfer(file, job),
};

/** The same from several computers that share the file; each has to give some of it. */
export const essaimSeeders = (seeders: number): Contestant => ({
  title: `Essaim, ${seeders} seeders`,
  missing: missingEssaim,
  transfer: ({ file, ...job }) => essaimTransfer(file, job, { seeders }),
});

/** The same for a file that only the receiver may have: it comes over mutual TLS. */
export const privatePair: Contestant = {
  title: "Essaim, private",
  missing: missingEssaim,
  transfer: ({ file, ...job }) =>
    essaimTransfer(file, job, {
      async audience({ tracker, senders, receiver }) {
        const link = await joinLink(tracker);
        for (const { dir } of [...senders, receiver]) await join(link, nameOf(dir), dir, job.signal);
        return ["--allow", nameOf(receiver.dir)];
      },
    }),
};

interface Class {
  readonly tracker: EssaimProcess;
  readonly senders: readonly EssaimProcess[];
  readonly receiver: EssaimProcess;
}

interface Options {
  readonly seeders?: number;
  /** Says for whom it is, in options of `share`. */
  audience?(all: Class): Promise<string[]>;
}

export async function essaimTransfer(
  { path, name, size }: Shared,
  { dir, signal }: Pick<Job, "dir" | "signal">,
  { seeders = 1, audience = () => Promise.resolve([]) }: Options = {},
): Promise<Transfer> {
  await using tracker = await startTracker(`${dir}/tracker`, signal);
  const url = `http://127.0.0.1:${tracker.port}`;
  await using stack = new AsyncDisposableStack();
  const senders: EssaimProcess[] = [];
  for (let n = 1; n <= seeders; n++) senders.push(stack.use(await startPeer(`${dir}/sender${n}`, url, signal)));
  await using receiver = await startPeer(`${dir}/receiver`, url, signal);
  const options = await audience({ tracker, senders, receiver });
  let id = "";
  for (const sender of senders) ({ shared: { id } } = await share(path, sender.dir, signal, options));

  const peers = [...senders, receiver].map(({ service }) => service);
  const out = `${dir}/out`;
  await Deno.mkdir(out);
  const get = () => essaim(["get", id, "--out", out], receiver.dir, signal);
  const [got, peersCpu] = await cpuDuring(peers, size, get);
  if (seeders > 1) await checkGivers(seeders, receiver.dir, signal);
  return {
    delivered: `${out}/${name}`,
    seconds: got.seconds,
    cpuSeconds: got.cpuSeconds + peersCpu,
    senderPeakBytes: Math.max(...senders.map(({ service }) => peakBytes(service.pid))),
    receiverPeakBytes: peakBytes(receiver.service.pid),
  };
}

async function checkGivers(seeders: number, dir: string, signal: AbortSignal): Promise<void> {
  const { stdout } = await essaim(["downloads", "--json"], dir, signal);
  const [download]: { sources: { bytes: number }[] }[] = JSON.parse(stdout);
  const givers = download?.sources.filter(({ bytes }) => bytes > 0).length;
  if (givers !== seeders) throw new Error(`${givers} of ${seeders} seeders gave something`);
}

const nameOf = (dir: string): string => dir.slice(dir.lastIndexOf("/") + 1);
