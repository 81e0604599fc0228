import { join } from "node:path";
import { systemClock } from "./lib/adapters/clock.ts";
import { lockData } from "./lib/adapters/data_lock.ts";
import { listenHttp } from "./lib/adapters/http_listener.ts";
import { liveSockets, refuseUpgrade } from "./lib/adapters/live_sockets.ts";
import { logRefusals } from "./lib/adapters/log_refusals.ts";
import { signatures } from "./lib/adapters/signatures.ts";
import { openSwarmIndex } from "./lib/adapters/sqlite_swarm_index.ts";
import { AskSwarm } from "./lib/app/ask_swarm.ts";
import { LiveBoard } from "./lib/app/live_board.ts";
import { TrackSwarm } from "./lib/app/track_swarm.ts";
import { reachableUrls } from "./lib/cli/lan.ts";
import type { Config } from "./lib/core/config.ts";
import { asEssaimError } from "./lib/core/errors.ts";
import { Swarm } from "./lib/core/swarm.ts";
import { SOFTWARE } from "./lib/core/version.ts";
import type { Clock, Log } from "./lib/ports.ts";
import { trackerApi } from "./routes/api/tracker.ts";
import { trackerPages } from "./routes/tracker_pages.ts";
import { trackerSite } from "./routes/tracker_site.ts";

const EXPIRY_EVERY_MS = 1_000;
const MAX_LIVE_CONNECTIONS = 64;

export interface TrackerOptions {
  readonly config: {
    readonly tracker: Omit<Config["tracker"], "memberPort" | "publicUrl"> & Partial<Config["tracker"]>;
    readonly chunking: Pick<Config["chunking"], "chunkSize">;
  };
  readonly log: Log;
  readonly clock?: Clock;
}

export interface RunningTracker extends AsyncDisposable {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * A tracker that answers when the promise resolves; `run.json` is there then. Throws `already-running`, `port-taken`,
 * `unwritable`, `unreadable`.
 */
export async function startTracker({ config, log, clock = systemClock }: TrackerOptions): Promise<RunningTracker> {
  await using stack = new AsyncDisposableStack();
  const { data, database, host, port, peerExpires, announceInterval, activityKept, publicUrl = "" } = config.tracker;
  const { chunkSize } = config.chunking;
  const lock = stack.use(await lockData(data));
  const index = stack.use(openSwarmIndex({ path: join(data, database), log, activityKept }));
  const swarm = new Swarm();
  const track = new TrackSwarm({
    index,
    swarm,
    signatures: signatures(),
    clock,
    peerExpiresMs: peerExpires,
    announceIntervalMs: announceInterval,
    ...(chunkSize === null ? {} : { chunkSize }),
  });
  const live = stack.use(liveSockets(MAX_LIVE_CONNECTIONS));
  track.subscribe((event) => live.send(event));
  const ask = new AskSwarm({ index, swarm, clock });
  const board = stack.use(
    new LiveBoard({
      ...{ ask, track, clock },
      tell: (board) => live.send(board, "boards"),
      isWatched: () => live.boards > 0,
      onError: (error) => noteFailure(log, "Could not count for the dashboards", error),
    }),
  );
  const onError = logRefusals(log);
  const own: { port?: number } = {};
  const addresses = () => publicUrl === "" ? reachableUrls(host, own.port!) : [publicUrl.replace(/\/$/, "")];
  const site = trackerSite({
    api: trackerApi({ track, ask, software: SOFTWARE, liveConnections: () => live.size, onError }),
    pages: trackerPages({ tracker: { ask, addresses, now: () => clock.now() }, onError }),
    ...{ publicUrl, onError },
  });
  const everySecond = () => {
    expire(track, log);
    board.tick();
  };
  stack.adopt(setInterval(everySecond, EXPIRY_EVERY_MS), clearInterval);
  const listener = stack.use(
    await listenHttp({
      hostname: host,
      ports: [port],
      handler: (request, { remoteAddress }) => site.answer(request, remoteAddress),
      upgrade(request, socket, head, incoming) {
        const { pathname, searchParams } = new URL(request.url);
        if (pathname !== "/api/live") return refuseUpgrade(socket, "404 Not Found");
        if (!site.access(request).allow) return refuseUpgrade(socket, "403 Forbidden");
        live.accept(incoming, socket, head, searchParams.has("board") ? () => ask.board() : undefined);
      },
    }),
  );
  own.port = listener.port;
  stack.defer(() => live[Symbol.dispose]()); // before the listener, which would wait for them
  await lock.publish({ pid: Deno.pid, port: listener.port, startedAt: new Date(clock.now()).toISOString() });
  log.info("tracker-started", `The tracker answers on port ${listener.port}.`, { port: listener.port, data });

  const running = stack.move();
  const close = async () => {
    if (running.disposed) return;
    await running.disposeAsync();
    log.info("tracker-stopped", "The tracker has stopped.");
  };
  return { port: listener.port, close, [Symbol.asyncDispose]: close };
}

function expire(track: TrackSwarm, log: Log): void {
  try {
    track.expire();
  } catch (error) {
    noteFailure(log, "Could not note that peers left", error);
  }
}

function noteFailure(log: Log, what: string, caught: unknown): void {
  const error = asEssaimError(caught);
  log.error(error.code, `${what}: ${error.message}`);
}
