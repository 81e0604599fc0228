import type { Contestant, Job, Transfer } from "./contestant.ts";
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
import { peakBytes, resetPeak } from "./processes.ts";
import { cpuDuring } from "./run.ts";

/** A tracker, a sender and a receiver; the time is that of the command `get`, to a verified file under its name. */
export const essaimPair: Contestant = {
  title: "Essaim",
  missing: missingEssaim,
  transfer: (job) => transfer(job, () => Promise.resolve([])),
};

/** The same for a file that only the receiver may have: it comes over mutual TLS. */
export const privatePair: Contestant = {
  title: "Essaim, private",
  missing: missingEssaim,
  transfer: (job) =>
    transfer(job, async ({ tracker, sender, receiver }) => {
      const link = await joinLink(tracker);
      for (const [peer, name] of [[sender, "sender"], [receiver, "receiver"]] as const) {
        await join(link, name, peer.dir, job.signal);
      }
      return ["--allow", "receiver"];
    }),
};

interface Trio {
  readonly tracker: EssaimProcess;
  readonly sender: EssaimProcess;
  readonly receiver: EssaimProcess;
}

/** `prepare` says for whom the file is. */
async function transfer({ file, dir, signal }: Job, prepare: (trio: Trio) => Promise<string[]>): Promise<Transfer> {
  await using tracker = await startTracker(`${dir}/tracker`, signal);
  const trackerUrl = `http://127.0.0.1:${tracker.port}`;
  await using sender = await startPeer(`${dir}/sender`, trackerUrl, signal);
  await using receiver = await startPeer(`${dir}/receiver`, trackerUrl, signal);
  const { shared } = await share(file.path, sender.dir, signal, await prepare({ tracker, sender, receiver }));

  const peers = [sender.service, receiver.service];
  for (const { pid } of peers) resetPeak(pid);
  const out = `${dir}/out`;
  await Deno.mkdir(out);
  const [got, peersCpu] = await cpuDuring(
    peers,
    () => essaim(["get", shared.id, "--out", out], receiver.dir, signal),
  );
  return {
    delivered: `${out}/${file.name}`,
    seconds: got.seconds,
    cpuSeconds: got.cpuSeconds + peersCpu,
    senderPeakBytes: peakBytes(sender.service.pid),
    receiverPeakBytes: peakBytes(receiver.service.pid),
  };
}
