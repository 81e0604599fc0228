import type { Contestant, Job, Shared, Transfer } from "./contestant.ts";
import { peakBytes } from "./processes.ts";
import { cpuDuring, freePort, missingPrograms, run, type Service, startService } from "./run.ts";

const READY_WITHIN_MS = 30_000;
const TRANSFER_WITHIN_MS = 300_000;
const POLL_MS = 20;
const FOLDER = "lesson";
const API_KEY = "bench";

/**
 * Two instances that know each other's address. The receiver's folder is paused until both are connected, and the time
 * begins only when it begins to fetch: how long Syncthing takes to notice is not counted against it.
 */
export const syncthingPair: Contestant = {
  title: "Syncthing → Syncthing",
  missing: () => missingPrograms(["syncthing"]),
  transfer: ({ file, ...job }) => syncthingTransfer(file, job),
};

/** Of a file, or a folder of so many files. */
export async function syncthingTransfer(
  { path, name, size, files = 1 }: Shared & { readonly files?: number },
  { dir, signal }: Pick<Job, "dir" | "signal">,
): Promise<Transfer> {
  const sent = `${dir}/sent`;
  const out = `${dir}/out`;
  for (const folder of [sent, out]) await Deno.mkdir(`${folder}/.stfolder`, { recursive: true }); // its marker
  await run("cp", ["-al", path, `${sent}/${name}`], { signal });
  const [from, to] = await Promise.all([describe(`${dir}/sender`, signal), describe(`${dir}/receiver`, signal)]);
  await using sender = await startInstance(from, to, sent, signal);
  await sender.until("the scan", async () => (await sender.status())?.localFiles === files || undefined);
  await using receiver = await startInstance(to, from, out, signal);
  await receiver.until("a connection", async () => await receiver.isConnected() || undefined);

  const services = [sender.service, receiver.service];
  const [seconds, cpuSeconds] = await cpuDuring(services, size, async () => {
    await receiver.resume();
    await receiver.until("the beginning", async () => ((await receiver.status())?.inSyncBytes ?? 0) > 0 || undefined);
    const start = performance.now();
    const isDone = async () => {
      const status = await receiver.status();
      return status?.state === "idle" && status.needBytes === 0 && status.localFiles === files || undefined;
    };
    await receiver.until("all of it", isDone);
    return (performance.now() - start) / 1000;
  });
  return {
    delivered: `${out}/${name}`,
    seconds,
    cpuSeconds,
    senderPeakBytes: peakBytes(sender.service.pid),
    receiverPeakBytes: peakBytes(receiver.service.pid),
  };
}

interface Device {
  readonly home: string;
  readonly id: string;
  readonly port: number;
}

async function describe(home: string, signal: AbortSignal): Promise<Device> {
  await run("syncthing", ["generate", `--home=${home}`, "--no-default-folder"], { signal });
  const { stdout } = await run("syncthing", ["serve", `--home=${home}`, "--device-id"], { signal });
  return { home, id: stdout.trim(), port: freePort() };
}

/** The part that is used here of what `db/status` tells. */
interface Status {
  readonly state: string;
  readonly localFiles: number;
  readonly needBytes: number;
  readonly inSyncBytes: number;
}

interface Instance extends AsyncDisposable {
  readonly service: Service;
  until<T>(what: string, probe: () => Promise<T | undefined>): Promise<T>;
  status(): Promise<Status | undefined>;
  isConnected(): Promise<boolean>;
  resume(): Promise<void>;
}

async function startInstance(self: Device, other: Device, path: string, signal: AbortSignal): Promise<Instance> {
  const apiPort = freePort();
  const isReceiver = path.endsWith("/out");
  await Deno.writeTextFile(`${self.home}/config.xml`, configText(self, other, path, isReceiver, apiPort));
  const args = ["serve", `--home=${self.home}`, "--no-browser", "--no-restart", "--no-upgrade"];
  const service = startService(["syncthing", ...args], { signal, log: `${self.home}/bench.log` });

  /** Undefined when it is not ready for that yet. */
  const ask = async (path: string, body?: unknown) => {
    try {
      const response = await fetch(`http://127.0.0.1:${apiPort}/rest/${path}`, {
        method: body === undefined ? "GET" : "PATCH",
        headers: { "x-api-key": API_KEY },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]),
      });
      const text = await response.text();
      return response.ok ? text : undefined;
    } catch {
      return undefined;
    }
  };
  const until = <T>(what: string, probe: () => Promise<T | undefined>) =>
    service.until(what, probe, TRANSFER_WITHIN_MS, POLL_MS);
  const instance: Instance = {
    service,
    until,
    status: async () => JSON.parse(await ask(`db/status?folder=${FOLDER}`) ?? "null") ?? undefined,
    async isConnected() {
      const { connections } = JSON.parse(await ask("system/connections") ?? '{"connections":{}}');
      return connections[other.id]?.connected === true;
    },
    async resume() {
      await service.until(
        "the folder",
        () => ask(`config/folders/${FOLDER}`, { paused: false }),
        READY_WITHIN_MS,
        POLL_MS,
      );
    },
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
  try {
    await service.until("its API", () => ask("system/ping"), READY_WITHIN_MS, POLL_MS);
    return instance;
  } catch (error) {
    await instance[Symbol.asyncDispose]();
    throw error;
  }
}

function configText(self: Device, other: Device, path: string, isReceiver: boolean, apiPort: number): string {
  const device = ({ id, port }: Device) =>
    `<device id="${id}" compression="never"><address>tcp://127.0.0.1:${port}</address></device>`;
  return `<configuration version="35">
  <folder id="${FOLDER}" path="${path}" type="${
    isReceiver ? "receiveonly" : "sendonly"
  }" rescanIntervalS="0" fsWatcherEnabled="false">
    <device id="${self.id}"></device><device id="${other.id}"></device>
    <paused>${isReceiver}</paused>
  </folder>
  ${device(self)}${device(other)}
  <gui enabled="true" tls="false"><address>127.0.0.1:${apiPort}</address><apikey>${API_KEY}</apikey></gui>
  <options>
    <listenAddress>tcp://127.0.0.1:${self.port}</listenAddress>
    <globalAnnounceEnabled>false</globalAnnounceEnabled>
    <localAnnounceEnabled>false</localAnnounceEnabled>
    <relaysEnabled>false</relaysEnabled>
    <natEnabled>false</natEnabled>
    <urAccepted>-1</urAccepted>
    <autoUpgradeIntervalH>0</autoUpgradeIntervalH>
    <crashReportingEnabled>false</crashReportingEnabled>
    <startBrowser>false</startBrowser>
    <reconnectionIntervalS>1</reconnectionIntervalS>
  </options>
</configuration>
`;
}
