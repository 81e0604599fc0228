import { type Contestant, type Job, type Shared, type Transfer } from "./contestant.ts";
import { peakBytes } from "./processes.ts";
import { cpuDuring, freePort, missingPrograms, run, startService } from "./run.ts";

const READY_WITHIN_MS = 5_000;

/** Nothing but its own sums against accidents: no hash that somebody else could have given. */
export const rsyncDaemon: Contestant = {
  title: "rsync daemon",
  missing: () => missingPrograms(["rsync"]),
  transfer: ({ file, ...job }) => rsyncTransfer(file, job),
};

/** Of a file or a folder. */
export async function rsyncTransfer(
  { path, name, size }: Shared,
  { dir, signal }: Pick<Job, "dir" | "signal">,
): Promise<Transfer> {
  const port = freePort();
  const served = path.slice(0, path.lastIndexOf("/"));
  const config = `${dir}/rsyncd.conf`;
  await Deno.writeTextFile(config, configText(served, dir));
  const args = ["--daemon", "--no-detach", `--config=${config}`, `--port=${port}`, "--address=127.0.0.1"];
  await using daemon = startService(["rsync", ...args], { signal, log: `${dir}/rsync-daemon.log` });
  await daemon.until("its port to open", () => connects(port), READY_WITHIN_MS);
  const out = `${dir}/out`;
  await Deno.mkdir(out);
  const fetch = () => run("rsync", ["-r", `rsync://127.0.0.1:${port}/lesson/${name}`, out], { signal });
  const [cost, daemonCpu] = await cpuDuring([daemon], size, fetch);
  return {
    delivered: `${out}/${name}`,
    seconds: cost.seconds,
    cpuSeconds: cost.cpuSeconds + daemonCpu,
    senderPeakBytes: peakBytes(daemon.pid),
    receiverPeakBytes: cost.peakBytes,
  };
}

async function connects(port: number): Promise<true | undefined> {
  try {
    using _connection = await Deno.connect({ hostname: "127.0.0.1", port });
    return true;
  } catch {
    return undefined;
  }
}

function configText(path: string, dir: string): string {
  return `use chroot = no
${Deno.uid() === 0 ? "uid = root\ngid = root\n" : ""}log file = ${dir}/rsyncd.log
pid file = ${dir}/rsyncd.pid
[lesson]
path = ${path}
read only = yes
`;
}
