import { counted } from "../formats.ts";

const count = counted("en");

export const network = {
  title: "Network",
  search: {
    label: "Search what is shared on the network",
    placeholder: "A word of the name",
    button: "Search",
    clear: "Empty the search field",
    hint: "Press / from anywhere on the page",
  },
  filters: {
    label: "Filters",
    type: "Type",
    types: {
      any: "All types",
      document: "Documents",
      image: "Images",
      video: "Videos",
      audio: "Music and sound",
      archive: "Archives",
      code: "Programs and code",
      folder: "Folders",
      other: "Others",
    },
    size: "Size",
    sizes: {
      any: "Any size",
      below: (max: string) => `Below ${max}`,
      between: (min: string, max: string) => `${min} to ${max}`,
      above: (min: string) => `Above ${min}`,
    },
    owner: "Owner",
    anyOwner: "Anyone",
    available: "Available now",
    clear: "Remove the filters",
  },
  sort: {
    label: "Sort by",
    relevance: "Best match",
    name: "Name",
    size: "Size",
    date: "Date",
    copies: "Copies now",
    reverse: { asc: "Ascending; press for descending", desc: "Descending; press for ascending" },
  },
  columns: {
    name: "Name",
    size: "Size",
    owner: "Owner",
    copies: "Copies now",
    date: "Date",
    action: "Action",
  },
  caption: "Files found on the network",
  /** Announced; `more`: there are others. */
  found: (amount: number, more: boolean) =>
    more ? `More than ${count(amount, "file", "files")} found` : `${count(amount, "file", "files")} found`,
  foundFor: (found: string, q: string) => `${found} for “${q}”`,
  searching: "Searching…",
  showMore: "Show more",
  /** After the last page that is shown at once. */
  enough: (amount: string) => `The first ${amount} are shown. Another word or a filter narrows it down.`,
  alsoCalled: (names: readonly string[], more: number) =>
    `also called ${names.join(", ")}${more > 0 ? ` and ${count(more, "other name", "other names")}` : ""}`,
  moreOwners: (amount: number) => `and ${count(amount, "other", "others")}`,
  /** Of an owner who is not present; `when`: "5 minutes ago". */
  seen: (when: string) => `seen ${when}`,
  /** After the number, where the column has no head. */
  copiesUnit: (amount: number): string => amount === 1 ? "copy now" : "copies now",

  states: {
    available: "Available",
    mine: "Shared from here",
    here: "Already here",
    downloading: "On its way",
    "no-source": "Nobody has it now",
  },
  actions: {
    download: "Download",
    /** `percent`: "43%". */
    downloading: (percent: string) => `Downloading ${percent}`,
    open: "Open",
    openFolder: "Show folder",
    askAgain: "Ask again",
    asking: "Asking…",
    mine: "My files",
    of: (action: string, name: string) => `${action}: ${name}`,
  },
  started: (name: string) => `${name} is on its way.`,
  revealed: (path: string) => `It is here: ${path}`,
  seeTransfers: "See transfers",
  stillNobody: (name: string) => `Nobody present has ${name}. It can be fetched by itself as soon as somebody is back.`,
  fetchLater: "Fetch it when somebody is back",

  empty: {
    title: "Nothing is shared on the network yet",
    help: "Files that others share appear here by themselves. Sharing one from this computer is a good start.",
    action: "Share a file",
  },
  nothing: {
    title: (q: string) => `Nothing is called “${q}”`,
    titleFiltered: "Nothing fits these filters",
    help: "Fewer letters find more: a part of a word is enough, accents and capitals do not matter.",
    helpFiltered: "What was asked for may exist in another type or size, or its owner may be away.",
  },
  away: {
    title: "The tracker does not answer, and no other computer has been found yet",
    none: "No tracker is set on this computer, and no other one has been found yet",
    help:
      "Downloads under way go on. The search is repeated by itself as soon as the tracker is back; if it stays away, check the network cable or Wi-Fi and the address in Settings.",
    settings: "Open Settings",
    retry: "Search again",
  },
  failed: { title: "The search did not work" },
  /** Results remembered on this computer. */
  fromCache: "The tracker is away: this is what the computers nearby said.",

  details: {
    title: "Details",
    open: (name: string) => `Details of ${name}`,
    close: "Close the details",
    loading: "Asking who has it…",
    owner: "Owner",
    owners: "Owners",
    names: "Names",
    size: "Size",
    date: "Shared",
    permission: "Who can see it",
    visibility: {
      public: "Everyone on this network",
      class: "The class",
      private: "Only some people",
    },
    sha256: "SHA-256",
    sha256Help: "The fingerprint of the content: equal files have the same one.",
    copy: "Copy",
    copied: "Copied",
    copyLink: "Copy the link",
    sources: "Who has it now",
    have: (percent: string) => `has ${percent}`,
    haveAll: "has all of it",
    noSources: "Nobody present has it. It comes back with its owner.",
    link: "Link",
    linkHelp: "Opens in any browser on this network, without Essaim.",
    qr: "QR code of the link",
    noLink: "There is no link while the tracker is away.",
    failed: "Who has it could not be asked.",
  },
};
