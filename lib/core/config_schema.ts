import {
  boolean,
  chunkSize,
  duration,
  host,
  integer,
  type Kind,
  oneOf,
  patterns,
  type Plain,
  ports,
  quietTimes,
  rate,
  size,
  text,
  url,
} from "./config_kinds.ts";
import { QUIET_EXAMPLE } from "./quiet_times.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

interface Entry<T> {
  readonly kind: Kind<T>;
  readonly standard: Plain;
  readonly about: string;
  readonly flag: string;
}

/** `standard` is the default as YAML writes it; `flag` the command-line option, when there is one. */
function key<T>(kind: Kind<T>, standard: Plain, about: string, flag = ""): Entry<T> {
  return { kind, standard, about, flag };
}

const folder = () => text("path", "the path of a folder", /\S/, 4096);
const folderOrNone = () => text("path", 'the path of a folder, or "" for the usual one', /^$|\S/, 4096);
const port = () => integer(0, 65_535, " (0 takes any free port)");

const SECTIONS = {
  tracker: {
    about: "The tracker: the one program, usually on the teacher's computer, that knows who shares what.",
    keys: {
      port: key(port(), 5000, "Port of the dashboard and of public searches.", "--port"),
      member_port: key(
        port(),
        5443,
        "Port for members of the class and, with the password, for the teacher (encrypted).",
        "--member-port",
      ),
      host: key(host(), "0.0.0.0", 'Address to listen on; "0.0.0.0" means every network of this computer.', "--host"),
      data: key(folder(), "data/tracker", "Folder of the tracker's database and of the class's keys.", "--data"),
      database: key(
        text("file name", "a plain file name without any folder", /^[^/\\:*?"<>|\s.][^/\\:*?"<>|]*$/, 200),
        "tracker.db",
        "Name of the database file in that folder.",
      ),
      public_url: key(
        url(),
        "",
        'Address that pupils type, when it is not simply this computer\'s: behind a proxy, or a name of the internet; "" otherwise.',
      ),
      peer_expires: key(
        duration(2 * SECOND, HOUR),
        "90 s",
        "A computer that has been silent for this long is no longer listed; keep it above announce_interval.",
      ),
      announce_interval: key(
        duration(SECOND, 10 * MINUTE),
        "30 s",
        "How often each computer tells the tracker that it is still there.",
      ),
      activity_kept: key(integer(0, 1_000_000), 10_000, "How many lines of recent activity are kept."),
    },
  },
  peer: {
    about: "The peer: the program on each computer that shares and downloads files.",
    keys: {
      name: key(
        text("name", 'a name, or "" for the login name', /^$|\S/, 64),
        "",
        'Name shown to the class; "" means the login name of this computer.',
        "--name",
      ),
      tracker: key(
        url(),
        "http://127.0.0.1:5000",
        'Address of the tracker; "" means that there is none: then only computers of the local network are found.',
        "--tracker",
      ),
      host: key(host(), "0.0.0.0", "Address to listen on for other computers.", "--host"),
      port: key(ports(), "5001-5100", "Port for public files: the first free one is taken.", "--port"),
      member_port: key(
        ports(),
        "5101-5200",
        "Port for class and private files (encrypted): the first free one is taken.",
        "--member-port",
      ),
      ui_port: key(
        ports(),
        "8001,8101,8201,8301,8401,8501,8601,8701,8801,8901",
        "Port of the pages on this computer: the first free one is taken.",
        "--ui-port",
      ),
      data: key(folder(), "data", "Folder of this computer's files, identity and logs.", "--data"),
      shared_folder: key(
        folderOrNone(),
        "",
        'Folder whose files are shared; "" means shared_files in the data folder.',
      ),
      download_folder: key(
        folderOrNone(),
        "",
        'Folder that receives downloads; "" means downloads in the data folder.',
      ),
    },
  },
  chunking: {
    about: "How files are cut into chunks so that several computers can send parts of the same file.",
    keys: {
      chunk_size: key(
        chunkSize(256 * KIB, 16 * MIB),
        "",
        'Size of a chunk, a power of two such as "1 MiB"; "" means what the tracker says, or 1 MiB.',
      ),
      threshold: key(
        size(0, 1024 * GIB),
        "10 MB",
        "A file smaller than this comes from one computer; a larger one from several at once.",
      ),
    },
  },
  sharing: {
    about: "What happens to files put in the shared folder.",
    keys: {
      default_visibility: key(
        oneOf("public", "class", "private"),
        "public",
        "Who may have a new file: public (anyone on the network), class (its members) or private (nobody else, until you " +
          "choose). Without a class, only what is public is shared.",
      ),
      rescan_interval: key(
        duration(SECOND, 24 * HOUR),
        "60 s",
        "How often the whole folder is looked at again, in case a change was missed.",
      ),
      quiet_period: key(
        duration(0, 5 * MINUTE),
        "2 s",
        "A file must stay unchanged for this long before it is shared, so that it is not sent half-written.",
      ),
      ignore: key(
        patterns(),
        [".*", "*.tmp", "*.part", "*.crdownload", "~*", "Thumbs.db", "desktop.ini", ".essaim-*"],
        "Names that are never shared; * stands for any characters.",
      ),
    },
  },
  discovery: {
    about: "How computers find each other without the tracker.",
    keys: {
      enabled: key(boolean(), true, "Whether to look for other computers on the local network."),
      udp_port: key(
        integer(0, 65_535, " (0 turns discovery off)"),
        5555,
        "Port of these messages, the same on every computer; 0 turns them off.",
        "--udp-port",
      ),
      interval: key(duration(SECOND, 5 * MINUTE), "10 s", "How often this computer makes itself known."),
      keep_index: key(
        duration(SECOND, 365 * 24 * HOUR),
        "7 days",
        "How long what another computer shares is still found after that computer was last seen.",
      ),
    },
  },
  limits: {
    about: "How much of the computer and of the network may be used.",
    keys: {
      parallel_downloads: key(integer(1, 64), 3, "Downloads that run at the same time; the others wait."),
      requests_per_peer: key(integer(1, 64), 4, "Chunks asked at once from one computer."),
      peers_per_download: key(integer(1, 256), 5, "Computers used at once for one download."),
      upload_slots: key(integer(1, 1024), 8, "Chunks sent at once to others."),
      upload_rate: key(rate(1000), "unlimited", 'Fastest sending to others, such as "5 MB/s", or unlimited.'),
      download_rate: key(rate(1000), "unlimited", 'Fastest receiving from others, such as "5 MB/s", or unlimited.'),
      upload_rate_per_peer: key(rate(1000), "unlimited", "Fastest sending to each other computer, or unlimited."),
      download_rate_per_peer: key(rate(1000), "unlimited", "Fastest receiving from each other computer, or unlimited."),
      quiet_times: key(
        quietTimes(),
        [],
        `Hours with other limits than upload_rate and download_rate, such as ["${QUIET_EXAMPLE}"]; where several hold, ` +
          "the lowest limit does.",
      ),
      connections: key(integer(8, 10_000), 192, "Connections accepted from others in all."),
      connections_per_address: key(integer(1, 10_000), 32, "Connections accepted from one address."),
      stall_timeout: key(
        duration(SECOND, 5 * MINUTE),
        "10 s",
        "A computer that sends nothing for this long loses its work to another.",
      ),
      hash_workers: key(integer(0, 8), 1, "Helpers that check files in the background; 0 means none."),
      download_memory: key(
        size(16 * MIB, 4 * GIB),
        "32 MiB",
        "Memory for chunks on their way to the disk; at least one chunk of the largest size, 16 MiB.",
      ),
    },
  },
  ui: {
    about: "The pages in the browser.",
    keys: {
      language: key(
        oneOf("auto", "fr", "en"),
        "auto",
        "Language of the pages: auto means that of the browser.",
      ),
      theme: key(oneOf("auto", "light", "dark"), "auto", "Colours of the pages: auto means those of the system."),
      lock: key(
        boolean(),
        false,
        "On a computer with several accounts: the pages open only by the one-time link that `essaim open` prints.",
      ),
      welcome: key(
        boolean(),
        true,
        "Whether the first page leads through the first steps while no class is joined and nothing is shared.",
      ),
    },
  },
  log: {
    about: "What is written about the program's work, for when something goes wrong.",
    keys: {
      level: key(oneOf("debug", "info", "warning", "error"), "info", "Least serious message written."),
      format: key(oneOf("text", "json"), "text", "text to be read by people, json by programs."),
      max_size: key(size(10_000, GIB), "5 MB", "Size at which a new log file is begun."),
      kept_files: key(integer(1, 100), 5, "Log files kept; the oldest is deleted."),
    },
  },
} as const;

type Camel<Name> = Name extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : Name & string;
type Sections = typeof SECTIONS;

/** The whole effective configuration: sizes in bytes, durations in milliseconds, rates in bytes per second. */
export type Config = {
  readonly [Section in keyof Sections]: {
    readonly [Name in keyof Sections[Section]["keys"] as Camel<Name>]: Sections[Section]["keys"][Name] extends
      Entry<infer T> ? T : never;
  };
};

export type Visibility = Config["sharing"]["defaultVisibility"];
export type LogLevel = Config["log"]["level"];

/** One key of the configuration, for the parser, the documentation and the Settings page. */
export interface ConfigKey {
  /** "tracker.member_port" */
  readonly key: string;
  /** "tracker" */
  readonly section: string;
  /** "member_port" */
  readonly name: string;
  /** "memberPort" */
  readonly property: string;
  /** "ESSAIM_TRACKER_MEMBER_PORT" */
  readonly env: string;
  /** "--member-port", or "" when there is none. */
  readonly flag: string;
  /** "integer", "size", "duration"… */
  readonly type: string;
  /** Completes "must be …". */
  readonly accepts: string;
  /** As written in YAML. */
  readonly default: Plain;
  /** One sentence in plain English. */
  readonly about: string;
  readonly kind: Kind<unknown>;
}

/** Every key, in the order of the shipped config.yaml. */
export const CONFIG_KEYS: readonly ConfigKey[] = Object.entries(SECTIONS).flatMap(([section, { keys }]) =>
  Object.entries<Entry<unknown>>(keys).map(([name, { kind, standard, about, flag }]) => ({
    key: `${section}.${name}`,
    section,
    name,
    property: name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    env: `ESSAIM_${section}_${name}`.toUpperCase(),
    flag,
    type: kind.type,
    accepts: kind.accepts,
    default: standard,
    about,
    kind,
  }))
);

/** Each section's name and one-sentence explanation. */
export const CONFIG_SECTIONS: ReadonlyMap<string, string> = new Map(
  Object.entries(SECTIONS).map(([section, { about }]) => [section, about]),
);
