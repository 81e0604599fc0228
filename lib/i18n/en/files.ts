import { counted, formats } from "../formats.ts";

const count = counted("en");
const number = formats("en").count;
const files = (amount: number) => count(amount, "file", "files");
const items = (amount: number) => count(amount, "item", "items");

/** My files, its details page, and the dialog that asks who sees what. */
const texts = {
  title: "My files",

  add: {
    files: "Add files",
    folder: "Add folder",
    drop: "Drop files or folders here, or anywhere on this page",
    dropNow: "Let go to add them",
    reading: (found: number) => `Reading the folder: ${files(found)} so far`,
    empty: (name: string) => `The folder ${name} holds no file, so there is nothing to share.`,
    tooMany: (name: string, most: string) =>
      `${name} holds more than ${most} files. Add its parts one after the other.`,
    form: {
      count: files,
      title: "Add files",
      files: "Files of this computer",
      who: "Who can see them",
      later: "Nobody for now: choose later",
      submit: "Add",
    },
  },

  uploads: {
    title: "Files on their way",
    files,
    progress: (done: number, all: number) => `${files(done)} of ${number(all)} here`,
    left: (rate: string, time: string) => `${rate}, ${time}`,
    waiting: "Essaim does not answer on this computer. Adding goes on by itself when it does.",
    then: {
      public: "Then everyone on this network can see them.",
      class: "Then the class can see them.",
      private: "Then the chosen people can see them.",
      nobody: "Nobody can see them yet.",
    },
    sharing: "Preparing them for the network",
    failed: (amount: number) => `${files(amount)} could not be added.`,
    heldBack: "The folder is shared once they are here or left out.",
    retry: "Try again",
    leaveOut: "Go on without",
    cancel: "Stop",
    cancelled: "Adding was stopped. Nobody saw anything of it.",
    refused: (what: string) => `${what} could not be shared.`,
    unreadable: "This file cannot be read. It may have been moved or is open elsewhere.",
    shared: {
      public: (what: string) => `${what}: everyone on this network can see it now.`,
      class: (what: string) => `${what}: the class can see it now.`,
      private: (what: string) => `${what}: the chosen people can see it now.`,
      onlyMe: (what: string) => `${what}: only your own computers can have it.`,
    },
  },

  pending: {
    title: (amount: number) =>
      `${files(amount)} ${amount === 1 ? "waits" : "wait"} for your choice: nobody sees ${
        amount === 1 ? "it" : "them"
      }`,
    more: (amount: number) => `and ${count(amount, "other", "others")}`,
    choose: "Choose who can see",
    discard: "Discard",
    discarded: (what: string) => `${what} discarded.`,
  },

  permission: {
    /** The name stands between the two parts. */
    title: ["Who can see ", "?"],
    these: files,
    theseItems: items,
    titleMany: (what: string) => `Who can see these ${what}?`,
    publicLabel: "Everyone on this network",
    publicHelp: "Also those who have not joined the class.",
    classLabel: "The class",
    classHelp: (className: string) => `The members of ${className}.`,
    privateLabel: "Only some people",
    privateHelp: "Names and groups of the class.",
    joinFirst: "Join a class first.",
    find: "Find a name or group",
    found: "Names found",
    group: (members: string) => `group of ${members}`,
    nobodyFound: "No name begins like this.",
    nobodyChosen: "Nobody is chosen: only your own computers will have it.",
    /** In a group. */
    nobodyYet: "Nobody is chosen yet.",
    /** Chosen before. */
    gone: (amount: number) =>
      `${count(amount, "person", "people")} who left the class cannot be shown here. Saving takes ${
        amount === 1 ? "this one" : "them"
      } out.`,
    remove: (name: string) => `Take ${name} away`,
    save: "Save",
    keepPrivate: "Not now",
    keys: "Ctrl+Enter saves, Esc keeps it for yourself",
    keysEdit: "Ctrl+Enter saves, Esc changes nothing",
    behind: (percent: string) => `Being added meanwhile: ${percent}`,
    keptOne: (what: string) => `${what} stays private: nobody else sees it until you choose.`,
    keptMany: (what: string) => `${what} stay private: nobody else sees them until you choose.`,
    saved: "Saved.",
    narrowed:
      "Fewer people will see it. That takes effect at once where this computer can be reached, within 24 hours elsewhere. What was already fetched stays with those who have it.",
    narrowedHelp:
      "When fewer people may see it, that takes effect at once where this computer can be reached, within 24 hours elsewhere. What was already fetched stays with those who have it.",
    people: "People and groups",
    peopleHelp: "Several with Ctrl. Nobody chosen: only your own computers.",
  },

  table: {
    caption: "Files shared from this computer",
    name: "Name",
    size: "Size",
    who: "Who can see it",
    chunks: "Chunks",
    chunksHelp: "Parts in which the file travels, from several computers at once",
    copies: "Copies now",
    copiesHelp: "Computers present now that have some of it",
    fetched: "Fetched",
    fetchedHelp: "How many times it was fetched",
    date: "Since",
    actions: "Actions",
    unknown: "Unknown without the tracker",
    public: "Everyone",
    class: "The class",
    private: "Some people",
    onlyMe: "Only me",
    gone: "somebody who left the class",
    somebodyElse: "somebody not in the class",
    folder: (amount: number) => `folder of ${files(amount)}`,
    select: (name: string) => `Select ${name}`,
    filter: "Filter by name",
    total: files,
    found: (amount: number, all: number) => `${files(amount)} of ${number(all)}`,
    sortBy: "Sort by",
    ascending: "In ascending order",
    descending: "In descending order",
    loading: "Loading",
    keys: "Arrow keys move, Enter opens, Space selects, Delete deletes.",
    failed: "The list could not be loaded.",
    pages: "Pages of the list",
    previous: "Previous page",
    next: "Next page",
    range: (from: string, to: string, all: string) => `${from} to ${to} of ${all}`,
  },

  selection: {
    count: (amount: number) => `${files(amount)} selected`,
    who: "Who can see them",
    clear: "Clear",
  },

  empty: {
    title: "Nothing is shared from this computer yet",
    text:
      "Add a file and choose who can see it. Others then fetch it from here, and from each other, even when the tracker is away.",
    folder: "Files put into this folder are shared too:",
    nothingFound: "No file has these words in its name",
    clear: "Show all files",
  },

  scan: {
    looking: (done: string, all: string) => `Looking at the folder, ${done} of ${all}`,
    lookingOnly: (seen: number) => `Looking at the folder, ${files(seen)} seen`,
    reading: (done: string, all: string) => `${done} of ${all} read`,
  },

  problems: {
    title: (amount: number) => `${files(amount)} of the shared folder ${amount === 1 ? "is" : "are"} not shared`,
    show: "Show which",
    notJoined:
      "New files of the shared folder are not for everyone, and this computer is in no class: they are shared once it has joined one.",
    join: "Join a class",
    more: (amount: number) => `and ${count(amount, "other", "others")}`,
  },

  details: {
    back: "My files",
    name: "Name",
    rename: "Rename",
    renamed: "Renamed.",
    renameHelp: "The name that others see. The file on this computer keeps its own.",
    who: "Who can see it",
    changeWho: "Change",
    size: "Size",
    chunks: "Chunks",
    copies: "Copies now",
    fetched: "Fetched",
    times: (amount: number) => count(amount, "time", "times"),
    since: "Shared since",
    path: "On this computer",
    link: "Link",
    linkHelp: "Anyone on this network opens it in a browser.",
    direct: "Direct link to the file",
    directHelp: "For download programs; works while this computer is on.",
    noLink: "There is no link while only some can see it, or while no network is found.",
    delete: "Delete",
    deleteOwned:
      "The file lies in the shared folder: it goes away with the share, and can be brought back for 10 minutes.",
    deleteElsewhere: "Only the sharing ends. The file stays where it is on this computer.",
  },

  links: {
    title: "Link to ",
    copy: "Copy link",
    copied: "Link copied.",
    copyHere: "The browser does not allow copying. Select the link and copy it with Ctrl+C.",
    none: "Nothing links to this file yet: there is no tracker, and no network is found.",
    qr: "QR code",
    qrAlt: "QR code of the link",
    qrHelp: "Point the camera of a phone on the same network at it.",
  },

  deleted: {
    owned: (what: string) => `${what} deleted. Those who already fetched it keep it.`,
    elsewhere: (what: string) => `${what} is no longer shared. The file stays on this computer.`,
    some: (what: string) => `${what} deleted or no longer shared.`,
    restored: (what: string) => `${what} is shared again.`,
  },

  notices: {
    added: "The files were added and shared.",
    kept: "The files were added. Nobody sees them until you choose.",
    saved: "Saved.",
    deleted: "Deleted.",
    restored: "It is shared again.",
    discarded: "Discarded.",
  },
};

export { texts as files };
