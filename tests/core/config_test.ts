import assert from "node:assert/strict";
import {
  type Config,
  CONFIG_KEYS,
  configFlags,
  type ConfigSources,
  configTemplate,
  describeConfig,
  parseConfig,
  setConfigValue,
} from "../../lib/core/config.ts";

const SHIPPED = Deno.readTextFileSync(new URL("../../config.yaml", import.meta.url)).replaceAll("\r\n", "\n");

function parse(sources: Partial<ConfigSources> = {}) {
  return parseConfig({ files: [], env: {}, flags: {}, ...sources });
}

function fromText(text: string) {
  return parse({ files: [{ path: "config.yaml", text }] });
}

const DEFAULTS: Config = {
  tracker: {
    port: 5000,
    memberPort: 5443,
    host: "0.0.0.0",
    data: "data/tracker",
    database: "tracker.db",
    publicUrl: "",
    peerExpires: 90_000,
    announceInterval: 30_000,
    activityKept: 10_000,
  },
  peer: {
    name: "",
    tracker: "http://127.0.0.1:5000",
    host: "0.0.0.0",
    port: Array.from({ length: 100 }, (_, index) => 5001 + index),
    memberPort: Array.from({ length: 100 }, (_, index) => 5101 + index),
    uiPort: [8001, 8101, 8201, 8301, 8401, 8501, 8601, 8701, 8801, 8901],
    data: "data",
    sharedFolder: "",
    downloadFolder: "",
  },
  chunking: { chunkSize: null, threshold: 10_000_000 },
  sharing: {
    defaultVisibility: "public",
    rescanInterval: 60_000,
    quietPeriod: 2000,
    ignore: [".*", "*.tmp", "*.part", "*.crdownload", "~*", "Thumbs.db", "desktop.ini", ".essaim-*"],
  },
  discovery: { enabled: true, udpPort: 5555, interval: 10_000, keepIndex: 7 * 86_400_000 },
  limits: {
    parallelDownloads: 3,
    requestsPerPeer: 4,
    peersPerDownload: 5,
    uploadSlots: 8,
    uploadRate: Infinity,
    downloadRate: Infinity,
    uploadRatePerPeer: Infinity,
    downloadRatePerPeer: Infinity,
    quietTimes: [],
    connections: 192,
    connectionsPerAddress: 32,
    stallTimeout: 10_000,
    hashWorkers: 1,
    downloadMemory: 33_554_432,
  },
  ui: { language: "auto", theme: "auto", lock: false, welcome: true },
  log: { level: "info", format: "text", maxSize: 5_000_000, keptFiles: 5 },
};

Deno.test("without any setting, every value is the documented default", () => {
  const { config, origin } = parse();
  assert.deepEqual(config, DEFAULTS);
  assert.deepEqual([...new Set(origin.values())], ["default"]);
});

Deno.test("the shipped config.yaml has every key, each explained, and changes nothing", () => {
  const { config, origin } = fromText(SHIPPED);
  assert.deepEqual(config, DEFAULTS);
  for (const { key } of CONFIG_KEYS) assert.match(origin.get(key) ?? "", /^config\.yaml:\d+:\d+$/, key);
  assert.equal(SHIPPED, configTemplate(), "write config.yaml again from configTemplate()");
});

Deno.test("a stronger source wins and the origin of each value is known", () => {
  const { config, origin } = parse({
    files: [
      {
        path: "config.yaml",
        text: "tracker:\n  port: 5001\n  member_port: 5444\n  activity_kept: 7\nlog:\n  kept_files: 3",
      },
      { path: "data/config.yaml", text: "# mine\ntracker:\n    port: 5002\n    member_port: 5445\n" },
    ],
    env: { ESSAIM_TRACKER_PORT: "5003", ESSAIM_TRACKER_MEMBER_PORT: "5446", HOME: "/root" },
    flags: { "tracker.port": "5004", "peer.name": undefined },
  });
  const table: [string, number, string][] = [
    ["tracker.port", config.tracker.port, "5004 --port"],
    ["tracker.member_port", config.tracker.memberPort, "5446 ESSAIM_TRACKER_MEMBER_PORT"],
    ["tracker.activity_kept", config.tracker.activityKept, "7 config.yaml:4:18"],
    ["log.kept_files", config.log.keptFiles, "3 config.yaml:6:15"],
    ["discovery.udp_port", config.discovery.udpPort, "5555 default"],
  ];
  for (const [key, value, expected] of table) assert.equal(`${value} ${origin.get(key)}`, expected);
});

Deno.test("each kind of value is read from YAML, the environment and the command line", () => {
  const table: [string, string, unknown, unknown][] = [
    ["peer.port", "0", "0", [0]],
    ["peer.port", "6000", "6000", [6000]],
    ["peer.port", "6000-6002", "6000-6002", [6000, 6001, 6002]],
    ["peer.ui_port", "8001,8101, 8001", "8001,8101", [8001, 8101]],
    ["peer.ui_port", "[8001, 8101]", "8001,8101", [8001, 8101]],
    ["peer.name", "Zoé", "Zoé", "Zoé"],
    ["peer.tracker", "http://10.0.0.1:5000/", "http://10.0.0.1:5000/", "http://10.0.0.1:5000"],
    ["peer.tracker", '""', "", ""],
    ["chunking.chunk_size", "2 MiB", "2 MiB", 2_097_152],
    ["chunking.chunk_size", "1048576", "1048576", 1_048_576],
    ["chunking.threshold", "10485760", "10 MiB", 10_485_760],
    ["limits.upload_rate", "5 MB/s", "5 MB/s", 5_000_000],
    ["limits.upload_rate", "0", "unlimited", Infinity],
    [
      "limits.quiet_times",
      '["mon-fri 8:00-12:00 upload 500 kB/s", daily 22:00-06:00 download unlimited]',
      "mon-fri 8:00-12:00 upload 500 kB/s; daily 22:00-06:00 download unlimited",
      [
        { days: [0, 1, 2, 3, 4], from: 480, to: 720, up: 500_000 },
        { days: [0, 1, 2, 3, 4, 5, 6], from: 1_320, to: 360, down: Infinity },
      ],
    ],
    ["limits.quiet_times", "[]", "", []],
    ["limits.hash_workers", "0", "0", 0],
    ["discovery.enabled", "false", "false", false],
    ["log.format", "json", "json", "json"],
    ["sharing.ignore", '["*.bak", a]', "*.bak, a", ["*.bak", "a"]],
    ["sharing.ignore", "[]", "", []],
    ["sharing.quiet_period", "500 ms", "500 ms", 500],
  ];
  for (const [dotted, yaml, text, expected] of table) {
    const key = CONFIG_KEYS.find(({ key }) => key === dotted);
    assert.ok(key, dotted);
    const results = [
      fromText(`${key.section}:\n  ${key.name}: ${yaml}\n`),
      parse({ env: { [key.env]: String(text) } }),
      parse({ flags: { [dotted]: text } }),
    ];
    for (const { config } of results) {
      const section = new Map(Object.entries(config)).get(key.section);
      assert.deepEqual(
        new Map<string, unknown>(Object.entries(section ?? {})).get(key.property),
        expected,
        `${dotted} ${yaml}`,
      );
    }
  }
});

Deno.test("an empty file, or a section with all its lines commented out, says nothing", () => {
  for (const text of ["", "\n", "# only a comment\n", "---\n", "tracker:\n  # port: 5000\npeer:\n", "null"]) {
    assert.deepEqual(fromText(text).config, DEFAULTS, text);
  }
});

Deno.test("what essaim config shows can be written back and gives the same configuration", () => {
  const shown = describeConfig(parse({ env: { ESSAIM_LIMITS_UPLOAD_RATE: "3 MB/s" }, flags: { "peer.port": "6000" } }));
  assert.deepEqual(shown.map(({ key }) => key), CONFIG_KEYS.map(({ key }) => key));
  const line = (key: string) => shown.find((line) => line.key === key);
  assert.deepEqual([line("limits.upload_rate")?.value, line("limits.upload_rate")?.origin], [
    "3 MB/s",
    "ESSAIM_LIMITS_UPLOAD_RATE",
  ]);
  assert.deepEqual([line("peer.port")?.value, line("peer.port")?.origin], [6000, "--port"]);
  assert.equal(line("peer.member_port")?.value, "5101-5200");
  const text = shown.reduce((text, { key, value }) => setConfigValue(text, key, value), "");
  assert.deepEqual(fromText(text).config, {
    ...DEFAULTS,
    peer: { ...DEFAULTS.peer, port: [6000] },
    limits: { ...DEFAULTS.limits, uploadRate: 3_000_000 },
  });
});

Deno.test("the options of each command become settings of the right section", () => {
  const options = { port: "0", uiPort: "8001", udpPort: "0", data: "d", json: true, name: "Zoé" };
  assert.deepEqual(configFlags("peer", options), {
    "peer.name": "Zoé",
    "peer.port": "0",
    "peer.ui_port": "8001",
    "peer.data": "d",
    "discovery.udp_port": "0",
  });
  assert.deepEqual(configFlags("tracker", { port: "0", memberPort: "5443" }), {
    "tracker.port": "0",
    "tracker.member_port": "5443",
  });
});
