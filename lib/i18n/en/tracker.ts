import { counted } from "../formats.ts";

const count = counted("en");

export const tracker = {
  name: "Tracker",
  nav: { dashboard: "Dashboard", search: "Search", join: "Join" },
  title: "The class at a glance",

  pill: {
    label: "Connection to the tracker",
    live: "Live",
    lost: "Connection lost",
  },
  lost: {
    title: "The tracker no longer answers.",
    help: "What is shown may be out of date. This page comes back by itself as soon as the tracker does.",
    retry: "Try now",
  },

  numbers: {
    label: "In numbers",
    peers: "Peers connected",
    files: "Files shared",
    today: "Given today",
    total: "Given in all",
    ofBytes: (bytes: string) => `${bytes} in all`,
    downloads: (amount: number) => count(amount, "download", "downloads"),
    since: (date: string) => `since ${date}`,
    now: (amount: number): string => amount === 0 ? "nobody yet" : "right now",
  },

  chart: {
    title: "What went from peer to peer",
    ranges: { hour: "Hour", day: "Day", week: "Week" },
    range: "Period",
    given: "Data given",
    peers: "Peers connected",
    downloads: "Downloads",
    shared: "New files",
    /** Read instead of the chart. */
    summary: {
      hour: (bytes: string, peers: number) =>
        `Over the last hour ${bytes} were given, with up to ${count(peers, "peer", "peers")} connected.`,
      day: (bytes: string, peers: number) =>
        `Over the last 24 hours ${bytes} were given, with up to ${count(peers, "peer", "peers")} connected.`,
      week: (bytes: string, peers: number) =>
        `Over the last seven days ${bytes} were given, with up to ${count(peers, "peer", "peers")} connected.`,
    },
    table: "As a table",
    from: "From",
    nothing: "Nothing was given in this period.",
  },

  activity: {
    title: "As it happens",
    empty: "Nothing has happened yet",
    emptyHelp: "Whoever comes, shares or downloads appears here at once.",
    kinds: {
      "peer-joined": "came",
      "peer-left": "left",
      shared: "shares",
      removed: "no longer shares one of the files",
      completed: "downloaded",
    },
  },

  most: {
    title: "Most downloaded",
    empty: "No file was downloaded yet",
    emptyHelp: "Only files for everyone are counted.",
    name: "Name",
    size: "Size",
    downloads: "Downloads",
    copies: "Copies now",
    copiesOf: (amount: number) => count(amount, "copy", "copies"),
  },

  peers: {
    title: "Who is here",
    empty: "Nobody yet",
    emptyHelp: "Peers appear as soon as they are started with the address of this tracker.",
    more: (amount: number) => `and ${count(amount, "other", "others")}`,
    filesOf: (name: string) => `Files of ${name}`,
  },

  join: {
    title: "Come and share",
    open: "Open this address in a browser",
    scan: "Or read the code with a phone",
    qr: (address: string) => `QR code of ${address}`,
    other: "If it does not open, try:",
    start: "To share files, start Essaim on your computer with:",
    copy: "Copy the command",
    large: "Show large",
    back: "Back to the dashboard",
    aloneTitle: "Only this computer reaches the tracker",
    alone:
      "It listens for this computer alone, or there is no network. Connect to a network, or set tracker.host to 0.0.0.0, and start it again.",
  },

  search: {
    title: "Search",
    next: "More results",
    first: "Back to the first results",
    nothing: "Files appear here as soon as a peer that knows this tracker shares them.",
  },

  file: {
    about: "About this file",
    qr: "QR code of the link to this page",
    bytes: (amount: number) => count(amount, "byte", "bytes"),
    kind: { file: "File", folder: "Folder" },
    content: (files: number) => count(files, "file", "files"),
    size: "Size",
    sha256: "SHA-256",
    sha256Help: "The fingerprint of the content: after a download it must be the same.",
    id: "Identifier",
    shared: "Shared",
    fetched: "Downloaded",
    times: (amount: number) => count(amount, "time", "times"),
    owners: "Shared by",
    alsoCalled: "Also called",
    sources: "Who has it now",
    sourcesHelp: "Each link fetches the file straight from that computer.",
    all: "all of it",
    part: (percent: string) => percent,
    download: "Download",
    downloadFrom: (name: string) => `Download from ${name}`,
    nobody: "Nobody present has it",
    nobodyHelp: "It comes back with whoever shares it: open this page again later.",
    partial: "still receiving it",
    folder: "A folder is fetched with Essaim, all files at once:",
    withEssaim: "With Essaim it comes from several peers at once, and goes on by itself after a break:",
    copy: "Copy",
    link: "Link to this page",
  },
};
