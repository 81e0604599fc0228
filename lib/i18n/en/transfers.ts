import { counted } from "../formats.ts";

const count = counted("en");

export const transfers = {
  title: "Transfers",
  inProgress: "In progress",
  /** Of the whole list. `rate`: "4.2 MB/s". */
  overall: (amount: number, rate: string) => `${count(amount, "transfer", "transfers")} · ${rate}`,
  pauseAll: "Pause all",
  resumeAll: "Resume all",
  empty: {
    title: "Nothing is being downloaded",
    help: "What is downloaded from the network appears here, with its progress.",
    action: "Look for a file",
  },
  /** "12 MB of 28 MB" */
  amount: (done: string, size: string) => `${done} of ${size}`,
  /** `time`: "about 2 min". */
  left: (time: string) => time,
  from: (peers: number) => `from ${count(peers, "peer", "peers")}`,
  sharedBy: (owner: string) => `shared by ${owner}`,
  inFolder: (files: number) => count(files, "file", "files"),
  folder: "folder",
  progressOf: (name: string) => `Progress of ${name}`,
  actionsFor: (name: string) => `Actions for ${name}`,

  pause: "Pause",
  resume: "Resume",
  retry: "Try again",
  cancel: "Cancel",
  open: "Open",
  openFolder: "Show in its folder",
  forget: "Remove from the list",
  /** For those who hear the button without seeing the row. */
  of: (action: string, name: string) => `${action}: ${name}`,

  /** Why nothing moves. Owners are names. */
  standing: {
    queued: "Waiting for its turn: others are downloading first.",
    finding: "Looking for who has it…",
    asked: "Asked for; waiting for the first bytes…",
    noSource: (owner: string) =>
      `Waiting: ${owner}, who shares it, is away, and nobody else present has it. It goes on by itself when somebody is back.`,
    missing: (owner: string, chunks: number) =>
      `Waiting: nobody present has the ${
        chunks === 1 ? "one chunk" : count(chunks, "chunk", "chunks")
      } still missing. It goes on by itself when ${owner}, or somebody else who has ${
        chunks === 1 ? "it" : "them"
      }, is back.`,
    waiting: "Waiting. It goes on by itself as soon as it can.",
    paused: "Paused. What is already here is kept.",
    changed:
      "Its owner changed it meanwhile. Cancel it and download it again from the network: it will be the new one.",
    failed: "It stopped and does not go on by itself.",
  },
  exactReason: "What Essaim noted",

  details: "Chunks and sources",
  map: {
    title: "Chunks",
    loading: "Waiting for the picture of the chunks…",
    none: "The chunks are shown while the file is coming.",
    /** For screen readers: the drawing in words. */
    inWords: (percent: string, from: string) => `${percent} is here${from === "" ? "" : `: ${from}`}.`,
    fromSource: (percent: string, name: string) => `${percent} from ${name}`,
    asked: "asked for",
    missing: "not here yet",
    unknownSource: "here from before",
    perCell: (chunks: number) => `Each cell is ${count(chunks, "chunk", "chunks")}.`,
  },
  sources: {
    title: "Sources",
    name: "Peer",
    bytes: "Given",
    rate: "Rate",
    none: "Nobody has given anything yet.",
  },
  facts: {
    to: "Goes to",
    at: "Is at",
    owner: "Shared by",
    started: "Asked for",
    finished: "Complete since",
  },

  cancelled: {
    /** With a button that undoes it. */
    notice: (name: string) => `${name} is cancelled.`,
    kept: (name: string) => `${name} is paused; what came of it is still here.`,
    undo: "Undo",
    now: "Delete what came of it",
  },
  forgotten: {
    one: (name: string) => `${name} is removed from the list. The file stays where it is.`,
    all: (amount: number) => `${count(amount, "line is", "lines are")} removed from the list. The files stay.`,
  },
  revealed: (path: string) => `It is here: ${path}`,

  history: {
    title: "Finished",
    clear: "Clear the list",
    clearHelp: "The files stay where they are.",
    empty: "Finished downloads are listed here.",
    newer: "Newer",
    older: "Older",
    pages: "Pages of finished downloads",
    columns: { name: "Name", size: "Size", owner: "Shared by", finished: "Finished", actions: "Actions" },
  },
  showMore: "Show more",
};
