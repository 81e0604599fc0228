import { type Contestant, type Job, together, type Transfer } from "./contestant.ts";
import { startNginx } from "./nginx.ts";
import { peakBytes } from "./processes.ts";
import { type Cost, cpuDuring, missingPrograms, run } from "./run.ts";

/** The floor: nothing is verified. */
export const nginxCurl: Contestant = {
  title: "nginx + curl (not verified)",
  missing: () => missingPrograms(["nginx", "curl"]),
  transfer: (job) => overNginx(job, (url, out) => download(url, out, job.signal)),
};

/** What a careful person does by hand. */
export const nginxCurlOpenssl: Contestant = {
  title: "nginx + curl, then openssl sha256",
  missing: () => missingPrograms(["nginx", "curl", "openssl"]),
  transfer: (job) =>
    overNginx(job, async (url, out) => {
      const downloaded = await download(url, out, job.signal);
      return together(downloaded, await run("openssl", ["sha256", out], { signal: job.signal }));
    }),
};

const download = (url: string, out: string, signal: AbortSignal): Promise<Cost> =>
  run("curl", ["-q", "-sS", "--fail", "--noproxy", "*", "-o", out, url], { signal });

/** Serves the job's file with a fresh nginx while `receive` fetches its URL into a path. */
export async function overNginx(
  job: Job,
  receive: (url: string, out: string) => Promise<Cost>,
): Promise<Transfer> {
  await using nginx = await startNginx(job.file.dir, job.dir, job.signal);
  const delivered = `${job.dir}/${job.file.name}`;
  const [cost, serverCpu] = await cpuDuring(
    [nginx.service],
    job.file.size,
    () => receive(`${nginx.url}/${job.file.name}`, delivered),
  );
  return {
    delivered,
    seconds: cost.seconds,
    cpuSeconds: cost.cpuSeconds + serverCpu,
    senderPeakBytes: peakBytes(nginx.service.pid),
    receiverPeakBytes: cost.peakBytes,
  };
}
