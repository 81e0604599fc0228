export interface SettingText {
  readonly label: string;
  readonly help?: string;
}

const keys: Record<string, SettingText> = {
  "peer.name": { label: "Name", help: "Shown to the others. Empty: the login name." },
  "peer.tracker": {
    label: "Address of the tracker",
    help: "Given by the teacher, such as http://192.168.1.10:5000. Empty: no tracker.",
  },
  "peer.shared_folder": { label: "Shared folder", help: "Files put there are shared. Empty: the usual folder." },
  "peer.download_folder": { label: "Downloads folder", help: "Empty: the usual folder." },
  "peer.host": { label: "Address to listen on", help: "0.0.0.0 means every network of this computer." },
  "peer.port": { label: "Port for public files", help: "The first free one of a range or list is taken." },
  "peer.member_port": {
    label: "Port for the class",
    help: "Encrypted, for members only. The first free one of a range or list is taken.",
  },
  "peer.ui_port": { label: "Port of these pages", help: "The first free one of a range or list is taken." },
  "chunking.chunk_size": {
    label: "Size of a chunk",
    help: "A power of two from 256 KiB to 16 MiB. Empty: as the tracker says.",
  },
  "chunking.threshold": {
    label: "Several peers from",
    help: "A smaller file comes from one peer, a larger one from several at once.",
  },
  "sharing.default_visibility": {
    label: "Who can see a new file",
    help: "For files put straight into the shared folder. Without a class, only what is for everyone is shared.",
  },
  "sharing.rescan_interval": { label: "Look at the whole folder every", help: "In case a change was missed." },
  "sharing.quiet_period": {
    label: "Wait before sharing",
    help: "A file must stay unchanged for this long, so that it is not shared half-written.",
  },
  "sharing.ignore": { label: "Never share", help: "One name a line; * stands for any characters." },
  "discovery.enabled": {
    label: "Find other computers on this network",
    help: "Each makes itself known there, so that sharing and searching work without the tracker too.",
  },
  "discovery.udp_port": {
    label: "Port by which computers find each other",
    help: "UDP, the same on every computer. 0: not at all.",
  },
  "discovery.interval": { label: "Make this computer known every", help: "From 1 s to 5 min." },
  "discovery.keep_index": {
    label: "Remember what absent computers share for",
    help: "Since they were last seen.",
  },
  "limits.parallel_downloads": {
    label: "Downloads at the same time",
    help: "From 1 to 64; the others wait their turn.",
  },
  "limits.upload_rate": { label: "Fastest sending", help: "Such as 5 MB/s. Empty: unlimited." },
  "limits.download_rate": { label: "Fastest receiving", help: "Such as 5 MB/s. Empty: unlimited." },
  "limits.upload_rate_per_peer": { label: "To each computer at most", help: "Empty: unlimited." },
  "limits.download_rate_per_peer": { label: "From each computer at most", help: "Empty: unlimited." },
  "limits.quiet_times": {
    label: "Quiet times",
    help:
      "Hours with other limits for all sending and receiving, such as lessons. An end before the beginning is on the next " +
      "day. Where several hold, the lowest limit does.",
  },
  "limits.requests_per_peer": { label: "Chunks asked at once from one peer", help: "From 1 to 64." },
  "limits.peers_per_download": { label: "Peers used at once for one download", help: "From 1 to 256." },
  "limits.upload_slots": { label: "Chunks sent at once", help: "From 1 to 1024." },
  "limits.connections": { label: "Connections in all", help: "From 8 to 10,000." },
  "limits.connections_per_address": { label: "Connections from one address", help: "From 1 to 10,000." },
  "limits.stall_timeout": { label: "Patience with a silent peer", help: "After this its work goes to another." },
  "limits.hash_workers": { label: "Helpers that check files", help: "From 0 to 8." },
  "limits.download_memory": { label: "Memory for downloads", help: "At least 16 MiB." },
  "ui.language": { label: "Language" },
  "ui.theme": { label: "Colours" },
  "ui.lock": {
    label: "Open these pages only by a one-time link",
    help: "For a computer with several accounts: “essaim open” prints the link.",
  },
  "ui.welcome": {
    label: "Show the first steps",
    help: "On the first page, while no class is joined and nothing is shared.",
  },
  "log.level": { label: "Least serious message in the log" },
  "log.format": { label: "Format of the log" },
  "log.max_size": { label: "Size at which a new log file begins" },
  "log.kept_files": { label: "Log files kept", help: "From 1 to 100." },
};

const choices: Record<string, string> = {
  "sharing.default_visibility=public": "Everyone on this network",
  "sharing.default_visibility=class": "The class",
  "sharing.default_visibility=private": "Nobody else, until I choose",
  "ui.language=auto": "As the browser",
  "ui.language=fr": "Français",
  "ui.language=en": "English",
  "ui.theme=auto": "As the system",
  "ui.theme=light": "Light",
  "ui.theme=dark": "Dark",
  "log.level=debug": "Everything",
  "log.level=info": "Information",
  "log.level=warning": "Warnings",
  "log.level=error": "Errors",
  "log.format=text": "Text, for people",
  "log.format=json": "JSON, for programs",
};

/** What a value must look like, by its type. */
const accepts: Record<string, string> = {
  integer: "This needs a whole number within the bounds.",
  size: "This needs a size within the bounds, such as 10 MB or 32 MiB.",
  duration: "This needs a duration within the bounds, with its unit, such as 10 s or 2 min.",
  rate: "This needs a rate of at least 1 kB/s, such as 5 MB/s, or nothing for unlimited.",
  ports: "This needs a port, a range such as 5001-5100, or a list such as 8001,8101.",
  url: "This needs an address such as http://192.168.1.10:5000, or nothing.",
  host: "This needs an address of this computer, such as 192.168.1.10, or 0.0.0.0.",
  path: "This needs the path of a folder.",
  name: "This needs a name of at most 64 characters.",
  "quiet times": "Some quiet times need correcting, see there.",
  list: "This needs at most 200 file names, one a line, without / or \\.",
};

export const settings = {
  title: "Settings",
  groups: {
    computer: "This computer",
    class: "Class",
    folders: "Folders",
    sharing: "Sharing",
    limits: "Limits",
    pages: "These pages",
    advanced: "Advanced",
  },
  advancedHelp: "The usual values suit nearly everybody.",
  keys,
  choices,
  accepts,
  quiet: {
    one: (number: number) => `Quiet time ${number}`,
    add: "Add a quiet time",
    remove: (number: number) => `Remove quiet time ${number}`,
    now: "in force now",
    days: "Days",
    dayNames: [
      ["Mon", "Monday"],
      ["Tue", "Tuesday"],
      ["Wed", "Wednesday"],
      ["Thu", "Thursday"],
      ["Fri", "Friday"],
      ["Sat", "Saturday"],
      ["Sun", "Sunday"],
    ] as readonly (readonly [string, string])[],
    from: "From",
    to: "Until",
    up: "Fastest sending",
    down: "Fastest receiving",
    asUsual: "as usual",
    problems: {
      days: "Choose at least one day.",
      hours: "Give its beginning and its end, such as 08:00 and 12:00.",
      limit: "Give at least one limit, such as 500 kB/s.",
      up: "The limit for sending must be at least 1 kB/s, such as 500 kB/s, or “unlimited”.",
      down: "The limit for receiving must be at least 1 kB/s, such as 1 MB/s, or “unlimited”.",
    },
  },
  notYet: "needs a class",
  unlimited: "unlimited",
  save: "Save",
  saved: "Saved.",
  savedRestart: "Saved. What is marked takes effect at the next start of Essaim.",
  unchanged: "Everything is saved.",
  unsaved: (count: number) => count === 1 ? "1 change is not saved yet." : `${count} changes are not saved yet.`,
  revert: "Discard",
  pending: "Saved; takes effect at the next start of Essaim.",
  fixedByFlag: (flag: string) => `Set by ${flag} at the start of Essaim; it cannot be changed here.`,
  fixedByEnvironment: (name: string) => `Set by the environment variable ${name}; it cannot be changed here.`,
  fixed: "It cannot be changed here.",
  file: "Kept in config.yaml of the data folder, with its comments.",
};
