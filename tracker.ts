import { join } from "node:path";
import { systemClock } from "./lib/adapters/clock.ts";
import { lockData } from "./lib/adapters/data_lock.ts";
import { listenHttp } from "./lib/adapters/http_listener.ts";
import { liveSockets, refuseUpgrade } from "./lib/adapters/live_sockets.ts";
import { LongBodies } from "./lib/adapters/long_bodies.ts";
import { logRefusals } from "./lib/adapters/log_refusals.ts";
import { signatures } from "./lib/adapters/signatures.ts";
import { openSwarmIndex } from "./lib/adapters/sqlite_swarm_index.ts";
import { udpBeacons } from "./lib/adapters/udp_beacons.ts";
import { AskSwarm } from "./lib/app/ask_swarm.ts";
import { SwarmFigures } from "./lib/app/swarm_figures.ts";
import { LiveBoard } from "./lib/app/live_board.ts";
import { TrackerBeacons } from "./lib/app/tracker_beacons.ts";
import { TrackSwarm } from "./lib/app/track_swarm.ts";
import { lanAddresses, reachableUrls } from "./lib/cli/lan.ts";
import type { Config } from "./lib/core/config.ts";
import { asEssaimError } from "./lib/core/errors.ts";
import { Swarm } from "./lib/core/swarm.ts";
import { SOFTWARE } from "./lib/core/version.ts";
import type { Clock, Log } from "./lib/ports.ts";
import { trackerApi } from "./routes/api/tracker.ts";
import { classInfoRoutes, classRoutes } from "./routes/api/tracker_class.ts";
import type { Route } from "./routes/http.ts";
import { trackerPages } from "./routes/tracker_pages.ts";
import { trackerSite } from "./routes/tracker_site.ts";
import { openClassSide } from "./tracker_class.ts";

const EXPIRY_EVERY_MS = 1_000;
const MAX_LIVE_CONNECTIONS = 64;

export interface TrackerOptions {
  readonly config: {
    readonly tracker: Omit<Config["tracker"], "publicUrl"> & Partial<Config["tracker"]>;
    readonly chunking: Pick<Config["chunking"], "chunkSize">;
    /** Without it no beacon is sent. */
    readonly discovery?: Pick<Config["discovery"], "enabled" | "udpPort" | "interval">;
  };
  readonly log: Log;
  readonly clock?: Clock;
  /** What one types before a command, as the pages say it. */
  readonly program?: string | undefined;
}

export interface RunningTracker extends AsyncDisposable {
  readonly port: number;
  readonly memberPort: number;
  /** Links by which others join its class, the likeliest first. */
  joinLinks(): readonly string[];
  close(): Promise<void>;
}

/**
 * A tracker that answers when the promise resolves; `run.json` is there then. Throws `already-running`, `port-taken`,
 * `unwritable`, `unreadable`.
 */
export async function startTracker(
  { config, log, clock = systemClock, program }: TrackerOptions,
): Promise<RunningTracker> {
  await using stack = new AsyncDisposableStack();
  const { data, database, host, port, memberPort, peerExpires, announceInterval, activityKept } = config.tracker;
  const { publicUrl = "" } = config.tracker;
  const { chunkSize } = config.chunking;
  const lock = stack.use(await lockData(data));
  const index = stack.use(openSwarmIndex({ path: join(data, database), log, activityKept }));
  const swarm = new Swarm();
  const classSide = stack.use(await openClassSide({ data, database, publicUrl, clock, log }));
  const { room, members } = classSide;
  const track = new TrackSwarm({
    index,
    swarm,
    members,
    signatures: signatures(),
    clock,
    peerExpiresMs: peerExpires,
    announceIntervalMs: announceInterval,
    ...(chunkSize === null ? {} : { chunkSize }),
  });
  const live = stack.use(liveSockets(MAX_LIVE_CONNECTIONS));
  track.subscribe((event) => live.send(event));
  const ask = new AskSwarm({ index, swarm, members, clock });
  const figures = new SwarmFigures({ index, swarm, clock });
  const board = stack.use(
    new LiveBoard({
      ...{ figures, track, clock },
      tell: (board) => live.send(board, "boards"),
      isWatched: () => live.boards > 0,
      onError: (error) => noteFailure(log, "Could not count for the dashboards", error),
    }),
  );
  const onError = logRefusals(log);
  const own: { port?: number; memberPort?: number } = {};
  const secureAddresses = () => reachableUrls(host, own.memberPort!).map((url) => url.replace(/^http:/, "https:"));
  const teacher = classSide.teacher(swarm, index, secureAddresses);
  const addresses = () => publicUrl === "" ? reachableUrls(host, own.port!) : [publicUrl.replace(/\/$/, "")];
  const aboutClass = { room, memberPort: () => own.memberPort!, software: SOFTWARE };
  const apiWith = (classRoutes: Route[]) =>
    trackerApi({ ...{ track, ask, figures, onError, classRoutes }, liveConnections: () => live.size });
  const site = trackerSite({
    api: apiWith(classInfoRoutes(aboutClass)),
    memberApi: apiWith(classRoutes(aboutClass)),
    pages: trackerPages({ tracker: { ask, figures, addresses, teacher, now: () => clock.now() }, program, onError }),
    gate: teacher.gate,
    now: () => clock.monotonic(),
    ...{ publicUrl, onError },
  });
  const everySecond = () => {
    expire(track, log);
    board.tick();
  };
  stack.adopt(setInterval(everySecond, EXPIRY_EVERY_MS), clearInterval);
  const longBodies = new LongBodies();
  const door = stack.use(
    await classSide.listen({ hostname: host, port: memberPort, addresses: lanAddresses(), site, longBodies }),
  );
  own.memberPort = door.port;
  const listener = stack.use(
    await listenHttp({
      hostname: host,
      ports: [port],
      longBodies,
      handler: (request, { remoteAddress }) => site.answer(request, remoteAddress),
      upgrade(request, socket, head, incoming) {
        const { pathname, searchParams } = new URL(request.url);
        if (pathname !== "/api/live") return refuseUpgrade(socket, "404 Not Found");
        if (!site.access(request).allow) return refuseUpgrade(socket, "403 Forbidden");
        live.accept(incoming, socket, head, searchParams.has("board") ? () => figures.board() : undefined);
      },
    }),
  );
  own.port = listener.port;
  const { enabled, udpPort, interval: intervalMs } = config.discovery ?? { enabled: false, udpPort: 0, interval: 0 };
  if (enabled && udpPort !== 0) {
    const beacons = new TrackerBeacons({
      socket: udpBeacons({ port: udpPort, log, clock }),
      ...{ clock, port: listener.port, memberPort: door.port, intervalMs },
      classId: members.id!,
      name: () => room.info().name,
    });
    beacons.start();
    stack.defer(() => beacons.close());
    stack.defer(room.onChange(() => beacons.changed()));
  }
  stack.defer(() => live[Symbol.dispose]()); // before the listener, which would wait for them
  await lock.publish({
    ...{ pid: Deno.pid, port: listener.port, memberPort: door.port },
    startedAt: new Date(clock.now()).toISOString(),
  });
  log.info("tracker-started", `The tracker answers on port ${listener.port}.`, { port: listener.port, data });

  const running = stack.move();
  const close = async () => {
    if (running.disposed) return;
    await running.disposeAsync();
    log.info("tracker-stopped", "The tracker has stopped.");
  };
  const joinLinks = () => {
    const here = addresses();
    const bases = here.length > 0 ? here : [`http://127.0.0.1:${listener.port}`];
    return bases.map((base) => `${base}/join#${room.code()}`);
  };
  return { port: listener.port, memberPort: door.port, joinLinks, close, [Symbol.asyncDispose]: close };
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
