import type { Contestant, Job, Transfer } from "./contestant.ts";
import { peakBytes } from "./processes.ts";
import { writeProfile } from "./qbittorrent_profile.ts";
import { cpuDuring, freePort, missingPrograms, type Service, startService } from "./run.ts";
import { type Torrent, torrentOf } from "./torrent.ts";

const READY_WITHIN_MS = 15_000;
const TRANSFER_WITHIN_MS = 300_000;
const CONNECTED_WITHIN_MS = 30_000;
const CONNECT_EVERY_MS = 100;
const POLL_MS = 20;
/** qBittorrent refreshes what its API tells every 1,500 ms by default; that would be added to its time. */
const REFRESH_MS = 50;

/** Two clients that know each other's address only; the receiver checks the SHA-1 of every 1 MiB piece. */
export const qBittorrentPair: Contestant = {
  title: "qBittorrent → qBittorrent",
  missing: () => missingPrograms(["qbittorrent-nox"]),
  transfer,
};

async function transfer({ file, dir, signal }: Job): Promise<Transfer> {
  const torrent = torrentOf(file);
  await using sender = await startClient(`${dir}/sender`, signal);
  await using receiver = await startClient(`${dir}/receiver`, signal);
  await sender.add(torrent, file.dir, { skipCheck: true });
  await sender.untilComplete(torrent);

  const clients = [sender.service, receiver.service];
  const out = `${dir}/out`;
  const [seconds, cpuSeconds] = await cpuDuring(clients, file.size, async () => {
    const start = performance.now();
    await receiver.add(torrent, out, { skipCheck: false });
    await connect(sender, receiver, torrent);
    await receiver.untilComplete(torrent);
    return (performance.now() - start) / 1000;
  });
  return {
    delivered: `${out}/${file.name}`,
    seconds,
    cpuSeconds,
    senderPeakBytes: peakBytes(sender.service.pid),
    receiverPeakBytes: peakBytes(receiver.service.pid),
  };
}

/** Tells each client of the other until they are connected: now and then the first attempt is lost for a minute. */
async function connect(sender: Client, receiver: Client, torrent: Torrent): Promise<void> {
  const attempt = async () => {
    await Promise.all([receiver.introduce(sender, torrent), sender.introduce(receiver, torrent)]);
    return await receiver.isConnected(torrent) || undefined;
  };
  await receiver.service.until("a connection to the sender", attempt, CONNECTED_WITHIN_MS, CONNECT_EVERY_MS);
}

interface Client extends AsyncDisposable {
  readonly service: Service;
  readonly peerPort: number;
  add(torrent: Torrent, saveIn: string, options: { readonly skipCheck: boolean }): Promise<void>;
  introduce(other: Client, torrent: Torrent): Promise<void>;
  /** Whether it has a peer for the torrent, or had one and got something from it. */
  isConnected(torrent: Torrent): Promise<boolean>;
  /** Returns when the client has every piece and has checked it. */
  untilComplete(torrent: Torrent): Promise<void>;
}

/** Starts qBittorrent with a profile of its own; returns when its API answers. */
async function startClient(profile: string, signal: AbortSignal): Promise<Client> {
  const peerPort = freePort();
  const uiPort = freePort();
  await writeProfile(profile, { peerPort, uiPort, device: "lo", address: "127.0.0.1", refreshMs: REFRESH_MS });
  const args = [`--profile=${profile}`, `--webui-port=${uiPort}`];
  const service = startService(["qbittorrent-nox", ...args], { signal, log: `${profile}/client.log` });

  /** Undefined when the client is not ready for that yet. */
  const ask = async (path: string, body?: FormData | URLSearchParams): Promise<string | undefined> => {
    const url = `http://127.0.0.1:${uiPort}/api/v2/${path}`;
    const asked = {
      method: body ? "POST" : "GET",
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]),
    };
    try {
      const response = await fetch(url, asked);
      const text = await response.text();
      return response.ok ? text : undefined;
    } catch {
      return undefined;
    }
  };
  const patiently = (path: string, body?: FormData | URLSearchParams) =>
    service.until(`an answer to ${path}`, () => ask(path, body), READY_WITHIN_MS, POLL_MS);

  const client: Client = {
    service,
    peerPort,
    async add({ bytes }, saveIn, { skipCheck }) {
      const form = new FormData();
      form.set("torrents", new Blob([bytes], { type: "application/x-bittorrent" }), "lesson.torrent");
      form.set("savepath", saveIn);
      form.set("skip_checking", String(skipCheck));
      await patiently("torrents/add", form);
    },
    async introduce(other, { infoHash }) {
      const form = new URLSearchParams({ hashes: infoHash, peers: `127.0.0.1:${other.peerPort}` });
      await patiently("torrents/addPeers", form); // 404 until the torrent is loaded
    },
    async isConnected({ infoHash }) {
      const status = statusIn(await ask(`torrents/info?hashes=${infoHash}`));
      return status !== undefined && (status.num_seeds + status.num_leechs > 0 || status.progress > 0);
    },
    async untilComplete({ infoHash }) {
      const complete = async () => isComplete(statusIn(await ask(`torrents/info?hashes=${infoHash}`))) || undefined;
      await service.until("the whole file", complete, TRANSFER_WITHIN_MS, POLL_MS);
    },
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
  try {
    await patiently("app/version");
    return client;
  } catch (error) {
    await client[Symbol.asyncDispose]();
    throw error;
  }
}

/** The part that is used here of what `torrents/info` tells of one torrent. */
interface TorrentStatus {
  readonly progress: number;
  readonly state: string;
  readonly num_seeds: number;
  readonly num_leechs: number;
}

function statusIn(answer: string | undefined): TorrentStatus | undefined {
  const statuses: TorrentStatus[] = JSON.parse(answer ?? "[]");
  return statuses[0];
}

function isComplete(status: TorrentStatus | undefined): boolean {
  return status?.progress === 1 && ["uploading", "stalledUP", "forcedUP", "queuedUP"].includes(status.state);
}
