import { join } from "node:path";
import { systemClock } from "./lib/adapters/clock.ts";
import { contentReader } from "./lib/adapters/content_reader.ts";
import { lockData } from "./lib/adapters/data_lock.ts";
import { diskFree } from "./lib/adapters/disk_free.ts";
import { desktop } from "./lib/adapters/desktop.ts";
import { fileMoves } from "./lib/adapters/file_moves.ts";
import { fileHasher } from "./lib/adapters/file_hasher.ts";
import { folderReader } from "./lib/adapters/folder_reader.ts";
import { sha256Of } from "./lib/adapters/hash_file.ts";
import { httpClient } from "./lib/adapters/http_client.ts";
import { listenHttp } from "./lib/adapters/http_listener.ts";
import { openIdentity } from "./lib/adapters/identity.ts";
import { incomingFiles } from "./lib/adapters/incoming_files.ts";
import { listenLocally, type LocalListener, localToken } from "./lib/adapters/local_listener.ts";
import { logRefusals } from "./lib/adapters/log_refusals.ts";
import { PageSession } from "./lib/adapters/page_session.ts";
import { multipartForms } from "./lib/adapters/multipart.ts";
import { partFiles } from "./lib/adapters/part_files.ts";
import { atomically, generation, openPeerDatabase, shareCounter } from "./lib/adapters/peer_database.ts";
import { folderAt, peerName, privatePaths, realPlace } from "./lib/adapters/peer_places.ts";
import { reachClient } from "./lib/adapters/reach_client.ts";
import { settingsFile } from "./lib/adapters/settings_file.ts";
import { signatures } from "./lib/adapters/signatures.ts";
import { sqliteActivity } from "./lib/adapters/sqlite_activity.ts";
import { sqliteContents } from "./lib/adapters/sqlite_contents.ts";
import { sqliteChoices, sqliteGroups } from "./lib/adapters/sqlite_groups.ts";
import { sqliteDownloads } from "./lib/adapters/sqlite_downloads.ts";
import { sqliteKnownAddresses } from "./lib/adapters/sqlite_known_addresses.ts";
import { openNeighbourIndex } from "./lib/adapters/sqlite_neighbour_index.ts";
import { sqliteRecords } from "./lib/adapters/sqlite_records.ts";
import { sqliteShareList } from "./lib/adapters/sqlite_share_list.ts";
import { sweepParts } from "./lib/adapters/sweep_parts.ts";
import { udpBeacons } from "./lib/adapters/udp_beacons.ts";
import { networkCards, udpEcho } from "./lib/adapters/udp_echo.ts";
import { ActivityLog } from "./lib/app/activity.ts";
import { Announcer } from "./lib/app/announce.ts";
import { Bandwidth } from "./lib/app/bandwidth.ts";
import { Discovery } from "./lib/app/discovery.ts";
import { CallBack } from "./lib/app/call_back.ts";
import { Doctor } from "./lib/app/doctor.ts";
import { Downloads } from "./lib/app/downloads.ts";
import { FindFiles } from "./lib/app/find_files.ts";
import { SourceFinder } from "./lib/app/find_sources.ts";
import { FinishedFiles } from "./lib/app/finished_files.ts";
import { Groups } from "./lib/app/groups.ts";
import { KeepSharing } from "./lib/app/keep_sharing.ts";
import { Leases } from "./lib/app/leases.ts";
import { KnownAddresses } from "./lib/app/known_addresses.ts";
import { LocalEvents } from "./lib/app/local_events.ts";
import { MyFiles, type Removed } from "./lib/app/my_files.ts";
import { NeighbourIndexes } from "./lib/app/neighbour_indexes.ts";
import { PeerStreams } from "./lib/app/peer_streams.ts";
import { Neighbours } from "./lib/app/neighbours.ts";
import { ServeFiles } from "./lib/app/serve_file.ts";
import { ServeIndex } from "./lib/app/serve_index.ts";
import { Settings } from "./lib/app/settings.ts";
import { ShareFiles } from "./lib/app/share_file.ts";
import { moveKnown, refuseAsSharedFolder } from "./lib/app/share_tree.ts";
import { Traffic } from "./lib/app/traffic.ts";
import { Trash } from "./lib/app/trash.ts";
import { Uploads } from "./lib/app/uploads.ts";
import { ActivityWatch } from "./lib/app/watch_activity.ts";
import { lanAddresses, reachableUrls } from "./lib/cli/lan.ts";
import { reachableByOthers } from "./lib/core/address.ts";
import type { Config, ParsedConfig } from "./lib/core/config.ts";
import { downloadLimits } from "./lib/core/download_limits.ts";
import { type PeerId, shareIdFrom } from "./lib/core/ids.ts";
import type { PageLink, Status } from "./lib/core/local_messages.ts";
import { DEFAULT_CHUNK_SIZE } from "./lib/core/manifest.ts";
import { localTime } from "./lib/core/quiet_times.ts";
import { Reputation } from "./lib/core/reputation.ts";
import { isWithin } from "./lib/core/scan.ts";
import type { FlowLimits } from "./lib/core/throttle.ts";
import { SOFTWARE } from "./lib/core/version.ts";
import type { Clock, Log } from "./lib/ports.ts";
import { localApi, type LocalPeerParts } from "./routes/api/local.ts";
import { peerToPeerApi } from "./routes/api/peer_to_peer.ts";
import { peerPages } from "./routes/peer_pages.ts";
import { MemberDoor, openClassSide } from "./peer_class.ts";
import { refusedToSites } from "./routes/public_access.ts";

export interface PeerOptions {
  readonly configuration: ParsedConfig;
  /** What it would be if DATA/config.yaml said this. */
  ifSaved(text: string): ParsedConfig;
  /** Folders that are used where the configuration names none; made when they are not there. */
  readonly usual: { readonly shared: string; readonly downloads: string };
  readonly log: Log;
  readonly clock?: Clock;
  /** What one types before a command, as the pages say it. */
  readonly program?: string | undefined;
}

export interface RunningPeer extends AsyncDisposable {
  readonly peerId: PeerId;
  readonly name: string;
  readonly uiPort: number;
  readonly port: number;
  /** Undefined in no class. */
  readonly memberPort: number | undefined;
  close(): Promise<void>;
}

/**
 * A peer that answers when the promise resolves; `run.json` and `api-token` are there then, while the shared folder is
 * still being looked at. Throws `already-running`, `port-taken`, `unwritable`, `unreadable`, `bad-config` when the shared folder holds this computer's keys.
 */
export async function startPeer(
  { configuration, ifSaved, usual, log, clock = systemClock, program }: PeerOptions,
): Promise<RunningPeer> {
  const { config } = configuration;
  await using stack = new AsyncDisposableStack();
  const data = config.peer.data;
  const lock = stack.use(await lockData(data));
  let name = peerName(config.peer.name);
  const keptPrivate = await privatePaths(data);
  const sharedFolderOf = ({ peer }: Config) => peer.sharedFolder || usual.shared;
  const sharedFolder = await folderAt(sharedFolderOf(config));
  refuseAsSharedFolder(sharedFolder, keptPrivate);
  const downloadFolder = await folderAt(config.peer.downloadFolder || usual.downloads);
  const identity = await openIdentity(join(data, "identity"));

  const db = stack.adopt(openPeerDatabase(join(data, "peer.db"), log), (db) => db.close());
  const records = sqliteRecords(db, identity.peerId);
  const contents = sqliteContents(db);
  const stores = { records, contents, atomically: atomically(db), clock, log };
  const folders = folderReader({ ignore: config.sharing.ignore, hidden: keptPrivate, log });
  const moves = fileMoves();
  const hasher = stack.use(fileHasher(config.limits.hashWorkers));

  /** Made last, when the ports are known; those made before reach them through it. */
  const late: {
    announcer?: Announcer;
    door?: MemberDoor;
    sharing?: KeepSharing;
    settings?: Settings;
    serve?: ServeFiles;
    events?: LocalEvents;
    discovery?: Discovery;
  } = {};
  const http = stack.use(httpClient());
  const neighbours = new Neighbours(identity.peerId, clock);
  /** Joining may lead to another one than is configured, where that cannot be changed. */
  let trackerUrl = config.peer.tracker;
  const followTracker = (url: string) => {
    if (url === trackerUrl) return;
    trackerUrl = url;
    late.announcer?.beginAgain();
    if (url !== "") late.announcer?.start();
  };
  const classSide = stack.use(
    await openClassSide({
      ...{ db, identity, http, neighbours, clock, log },
      folder: join(data, "identity"),
      encrypt: async (passphrase, kept) => {
        const { encryptIdentity } = await import("./lib/adapters/identity_file.ts");
        return await encryptIdentity(passphrase, { key: identity.keyPem, kept });
      },
      trackerUrl: () => trackerUrl,
      heardTrackers: (id) =>
        (late.discovery?.trackers() ?? []).filter((heard) => heard.class === id).map(({ url }) => url),
      async useTracker(url) {
        followTracker(url);
        await late.settings?.change({ "peer.tracker": url }).catch((error) => {
          log.warning(
            "tracker-not-kept",
            `The tracker of the class is used until this program stops: ${error.message}`,
          );
        });
      },
    }),
  );
  const { membership, tracker, peers } = classSide;
  /** In a class, as the class calls this user. */
  const nameNow = () => membership.current?.me.name ?? name;
  const reputation = new Reputation();
  const verifier = signatures();
  const proving = { signatures: verifier, members: membership };
  const cached = new NeighbourIndexes({
    ...{ ...proving, neighbours, peers, clock, log },
    store: stack.use(openNeighbourIndex(join(data, "neighbours.db"), log)),
    joined: () => membership.current,
    keepMs: config.discovery.keepIndex,
  });
  const finder = new SourceFinder({ ...proving, tracker, neighbours, cached, reputation, clock, log });
  const leases = new Leases({
    ...{ ...stores, ...proving, identity, peers, tracker, neighbours },
    joined: () => membership.current,
  });
  const store = sqliteDownloads(db);
  const traffic = new Traffic(clock);
  const activity = stack.use(new ActivityLog(sqliteActivity(db), clock, log));
  const happenings = new ActivityWatch(activity, neighbours, clock);
  activity.start(() => happenings.look());
  stack.defer(() => happenings.close());
  // Elsewhere, also behind a link, other peers may have their downloads.
  if (downloadFolder === join(await Deno.realPath(data), "downloads")) {
    await sweepParts(downloadFolder, new Set(store.list().map(({ id }) => id)), clock.now(), log);
  }
  await sweepParts(sharedFolder, new Set(), clock.now(), log);
  const bandwidth = stack.use(
    new Bandwidth(config.limits, {
      clock,
      localTime: () => localTime(new Date(clock.now())),
      onChange: ({ down }) => Object.assign(limits, limitsAt(down)),
    }),
  );
  const limitsAt = ({ all, perPeer }: FlowLimits) =>
    downloadLimits({ ...config, limits: { ...config.limits, downloadRate: all, downloadRatePerPeer: perPeer } });
  const limits = limitsAt(bandwidth.flows.down);
  const streams = stack.use(
    new PeerStreams({ peers, clock, onIndex: (peer, { epoch, version }) => cached.heard(peer, { epoch, version }) }),
  );
  const downloads = new Downloads({
    ...{ ...stores, folders, hasher, finder, leases, neighbours, reputation, peers, streams },
    store,
    files: partFiles(),
    hash: sha256Of,
    limits,
    memory: config.limits.downloadMemory / config.limits.parallelDownloads,
    parallel: config.limits.parallelDownloads,
    defaultOut: downloadFolder,
    pace: (peer, bytes) => {
      traffic.received(bytes);
      return bandwidth.down.take(peer, bytes, clock.monotonic());
    },
    onEnd(row) {
      happenings.downloadEnded(row);
      late.serve?.streams.began(row.ref.fileId);
      late.events?.tellNow();
    },
    onPart: (file) => late.serve?.streams.began(file),
    onVerified: (file, chunk) => late.serve?.streams.verified(file, chunk),
    newId: () => crypto.getRandomValues(new Uint8Array(8)).toHex(),
    onChange: () => late.announcer?.changed(),
  });

  const people = { membership, groups: sqliteGroups(db), choices: sqliteChoices(db) };
  const shares = new ShareFiles({
    ...{ ...stores, identity, folders, hasher, moves, people, hash: sha256Of },
    newShareId: () => shareIdFrom(crypto.getRandomValues(new Uint8Array(16))),
  }, {
    sharedFolder,
    defaultVisibility: config.sharing.defaultVisibility,
    quietPeriodMs: config.sharing.quietPeriod,
    chunkSize: () => config.chunking.chunkSize ?? late.announcer?.chunkSize ?? DEFAULT_CHUNK_SIZE,
    keptPrivate,
  });

  const serve = late.serve = new ServeFiles({
    ...stores,
    generation: generation(db),
    reader: contentReader(),
    throttle: bandwidth.up,
    onSent: (bytes) => traffic.sent(bytes),
    onGiven: (given) => happenings.gave(given),
    uploadSlots: config.limits.uploadSlots,
    isRevoked: (peer) => membership.isRevoked(peer),
    refresh: (held) => leases.refresh(held),
    self: identity.peerId,
    isWhole: (share) => downloads.isWhole(share),
    openPart: (file, shares) => downloads.openPart(file, shares),
    onChanged: ({ path }) => {
      const isScanned = records.ownShareAt(path) !== undefined ||
        shares.watched().some((folder) => isWithin(path, folder));
      if (isScanned) late.sharing?.soon();
      else contents.forget(path);
      late.announcer?.changed();
    },
  });
  const onError = logRefusals(log);
  const reach = reachClient(http);
  const meeting = {
    ...{ self: identity.peerId, peers, members: membership, neighbours },
    intervalMs: config.discovery.interval,
  };
  const callBack = new CallBack({ ...meeting, clock });
  const answerPeers = peerToPeerApi({
    serve,
    index: new ServeIndex({ records, identity, certificate: () => membership.current?.certificate }),
    hello(caller) {
      const { current } = membership;
      const memberPort = late.door?.port;
      const isMember = caller.kind === "member" && caller.class === current?.class.id;
      return {
        ...{ peerId: identity.peerId, name: nameNow(), software: SOFTWARE, index: records.position },
        ...memberPort === undefined ? {} : { memberPort },
        ...isMember ? { certificate: current!.certificate } : {},
      };
    },
    lease: (request, caller) => leases.answer(request, caller),
    callback: (request, caller, signal) => callBack.answer(request, caller, signal),
    revocations: () => membership.revocations?.jws,
    onError,
  });
  const caps = { maxConnections: config.limits.connections, maxPerAddress: config.limits.connectionsPerAddress };
  const listener = stack.use(
    await listenHttp({
      hostname: config.peer.host,
      ports: config.peer.port,
      limits: caps,
      handler: (request, { remoteAddress }) =>
        refusedToSites(request) ?? answerPeers(request, { kind: "anonymous", address: remoteAddress }),
    }),
  );

  const door = late.door = stack.use(
    new MemberDoor({
      ...{ membership, identity, log },
      hostname: config.peer.host,
      ports: config.peer.memberPort,
      limits: caps,
      answer: answerPeers,
      revocationsOf: (peer, signal) => classSide.revocationsOf(peer, signal),
    }),
  );
  await door.follow();
  stack.use(serve); // closes its streams before the listeners wait for them
  const instance = crypto.getRandomValues(new Uint8Array(16)).toHex();
  const announcer = late.announcer = new Announcer({
    ...{ identity, tracker, records, downloads, neighbours, clock, log, port: listener.port },
    name: nameNow,
    memberPort: () => door.port,
    classId: () => membership.id,
    lease: () => leases.own(),
    heardOfClass: (news) => membership.heardOfClass(news),
    instance,
  });
  const { enabled, udpPort, interval } = config.discovery;
  const discovery = late.discovery = new Discovery({
    ...{ self: identity.peerId, instance, peers, members: membership, neighbours, clock, log, port: listener.port },
    socket: enabled && udpPort !== 0 ? udpBeacons({ port: udpPort, log, clock }) : undefined,
    intervalMs: interval,
    memberPort: () => door.port,
    position: () => records.position,
    onMoved: () => announcer.changed(),
  });
  const known = new KnownAddresses({
    ...{ ...meeting, reach, clock, log },
    store: sqliteKnownAddresses(db),
    port: () => listener.port,
    onMet: (peer, index) => cached.heard(peer, index),
  });
  const doctor = new Doctor({
    ...{ clock, log, self: identity.peerId, reach, neighbours, membership },
    known: () => known.list(),
    cards: networkCards,
    listening: () => ({ host: config.peer.host, port: listener.port }),
    discovery: () => discovery.facts,
    echo: (signal) => udpEcho(networkCards(), signal),
    diskFree: () => diskFree(downloadFolder),
    tracker: {
      url: () => trackerUrl,
      isOnline: () => announcer.state === "online",
      askAsMember: (signal) => tracker.members(signal),
    },
  });
  shares.onChange((changes) => {
    announcer.changed();
    serve.streams.indexChanged(records.position);
    discovery.changed();
    happenings.sharesChanged(changes);
  });

  const groups = new Groups({
    ...{ people, shares, clock },
    newId: () => crypto.getRandomValues(new Uint8Array(8)).toHex(),
  });
  const shareCount = shareCounter(db);
  const trackerState = () => trackerUrl === "" ? "none" : announcer.state;
  const status = (): Status => ({
    peer: { peerId: identity.peerId, name: nameNow() },
    tracker: { url: trackerUrl, state: trackerState() },
    mode: trackerState() === "online" ? "normal" : "degraded",
    class: membership.standing ?? null,
    peers: neighbours.present().length,
    shares: shareCount(),
    downloads: downloads.unfinished,
    scan: shares.scanState(),
    problems: [...late.sharing?.problems ?? []],
    pending: uploads.pending,
  });
  const token = await localToken(join(data, "api-token"));
  const session = new PageSession(identity.peerId, token);
  const pageLink = (): PageLink => {
    const url = `http://127.0.0.1:${ui.port}/`;
    const { lock: locked } = settings.config.ui;
    return { url: locked ? `${url}enter?key=${session.newKey(clock.monotonic())}` : url, locked };
  };
  const home = await Deno.realPath(data);
  const openTrash = async <T>(name: string) => {
    const trash = stack.use(
      new Trash<T>({
        ...{ moves, clock, log },
        folder: `${home}/trash/${name}`,
        newId: () => crypto.randomUUID(),
        onMoved: (from, to) => stores.atomically(() => moveKnown(contents, from, to)),
      }),
    );
    await trash.start();
    return trash;
  };
  const trash = await openTrash<Removed>("shares");
  const uploads = new Uploads({
    ...{ folders, shares, clock, log },
    incoming: incomingFiles(`${home}/incoming`, log),
    forms: multipartForms(),
    trash: await openTrash("uploads"),
    newBatch: () => crypto.getRandomValues(new Uint8Array(8)).toHex(),
  });
  await uploads.start();
  const links = {
    tracker: () => reachableByOthers(trackerUrl, lanAddresses()),
    here: () => reachableUrls(config.peer.host, listener.port)[0],
  };
  const myFiles = new MyFiles({
    ...{ shares, records, moves, trash, tracker, links, clock },
    list: sqliteShareList(db),
  });
  let configuredTracker = config.peer.tracker;
  const finished = new FinishedFiles({ downloads, folders, desktop: desktop() });
  const settings = late.settings = new Settings({
    file: settingsFile(join(data, "config.yaml")),
    started: configuration,
    ifSaved,
    check: async (config) => {
      const folder = sharedFolderOf(config);
      refuseAsSharedFolder(await realPlace(folder), keptPrivate);
      await folderAt(folder);
    },
    apply: async (config) => {
      if (shares.useFolder(await folderAt(sharedFolderOf(config)))) late.sharing?.soon();
      name = peerName(config.peer.name);
      if (config.peer.tracker !== configuredTracker) followTracker(config.peer.tracker);
      configuredTracker = config.peer.tracker;
      announcer.changed();
      bandwidth.limitTo(config.limits);
    },
  });
  const parts: LocalPeerParts = {
    ...{ shares, myFiles, uploads, downloads, finished, announcer, neighbours },
    ...{ known, doctor, membership, groups, settings, status, pageLink, onError },
    heard: () => discovery.trackers(),
    files: new FindFiles({
      ...{ ...proving, tracker, records, downloads, neighbours, cached, links, log },
      doubt: (owner) => cached.doubt(owner),
      name: nameNow,
    }),
    ...{ activity, throughput: traffic },
    events: late.events = new LocalEvents({
      ...{ downloads, activity, traffic, status, clock },
      peers: () => neighbours.list(),
      shares: () => ({ version: records.position.version, total: shareCount() }),
    }),
  };
  const answerHere = localApi(parts);
  const ui: LocalListener = stack.use(
    listenLocally({
      ports: config.peer.uiPort,
      ...{ token, session },
      now: () => clock.monotonic(),
      isLocked: () => settings.config.ui.lock,
      api: (request) => answerHere(request, { kind: "local" }),
      page: peerPages({ peer: parts, ui: () => settings.config.ui, program, onError }),
    }),
  );

  downloads.start();
  stack.defer(() => downloads.close());
  cached.start();
  stack.defer(() => cached.close());
  leases.start();
  stack.defer(() => leases.close());
  membership.start();
  stack.defer(() => membership.close());
  if (trackerUrl !== "") announcer.start();
  stack.defer(() => announcer.close());
  stack.defer(discovery.onHeard(({ peerId, index }) => cached.heard(peerId, index)));
  discovery.start();
  stack.defer(() => discovery.close());
  known.start();
  stack.defer(() => known.close());
  stack.defer(() => doctor.close());
  late.sharing = stack.use(new KeepSharing(shares, config.sharing.rescanInterval));
  const startedAt = new Date(clock.now()).toISOString();
  const publish = () =>
    lock.publish({
      ...{ pid: Deno.pid, uiPort: ui.port, port: listener.port, startedAt },
      ...(door.port === undefined ? {} : { memberPort: door.port }),
      ...(discovery.facts.state === "on" ? { udpPort: discovery.facts.port } : {}),
    });
  await publish();
  const whoAmI = () => `${membership.id} ${membership.current?.me.user}`;
  let was: string | undefined;
  const followClass = async () => {
    classSide.follow();
    const isOther = was !== undefined && was !== whoAmI();
    const isFirst = was === undefined;
    was = whoAmI();
    await door.follow();
    discovery.changed();
    if (isOther) {
      announcer.beginAgain();
      if (trackerUrl !== "") announcer.start();
      await publish();
    }
    if (!isOther && !isFirst) return;
    await shares.membershipChanged(); // also at the start: a crash may have come between joining and signing again
    if (isOther) late.sharing?.soon();
  };
  const follow = () =>
    void followClass().catch((error) => log.error("internal", `The class is not followed: ${error.message}`));
  stack.defer(membership.onChange(follow));
  follow();
  log.info("peer-started", `${name} answers on port ${listener.port}.`, {
    peer: identity.peerId,
    port: listener.port,
    uiPort: ui.port,
  });

  const running = stack.move();
  const close = async () => {
    if (running.disposed) return;
    await running.disposeAsync();
    log.info("peer-stopped", `${name} has stopped.`);
  };
  return {
    ...{ peerId: identity.peerId, name: nameNow(), uiPort: ui.port, port: listener.port, memberPort: door.port, close },
    [Symbol.asyncDispose]: close,
  };
}
