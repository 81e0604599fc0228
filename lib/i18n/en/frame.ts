import { counted } from "../formats.ts";

const count = counted("en");

export const frame = {
  brand: "Essaim",
  skip: "Go to the content",
  navigation: "Main menu",
  nav: {
    dashboard: "Dashboard",
    files: "My files",
    network: "Network",
    transfers: "Transfers",
    settings: "Settings",
  },
  title: (page: string) => `${page} · Essaim`,
  noClass: "No class",
  /** After the name of somebody who is in no class. */
  notInClass: "(not in the class)",
  you: (name: string) => `This computer is called ${name} on the network`,
  search: "Search the network",
  searchHint: "Press / to search",
  language: "Language",
  languages: { fr: "Français", en: "English" },
  theme: "Colours",
  themes: { auto: "As the system", light: "Light", dark: "Dark" },
  unfinished: (amount: number) => count(amount, "unfinished transfer", "unfinished transfers"),

  pill: {
    label: "State of the network",
    online: "Online",
    withoutTracker: (peers: number) => `No tracker, sharing with ${count(peers, "peer", "peers")}`,
    alone: "Alone on this network",
    stopped: "Essaim has stopped",
    why: "why?",
  },
  why: {
    title: "Why?",
    noAnswer: (url: string) => `The tracker at ${url} does not answer.`,
    noneSet: "No tracker is set on this computer.",
    works:
      "Searching, sharing and downloading go on among the peers that are present; they find each other by themselves.",
    steps: [
      "Check that this computer is on the same network as the class.",
      "Ask whether the tracker is switched on.",
      "Compare its address with the one in Settings.",
    ],
    toSettings: "Open Settings",
    toDoctor: "Check the network",
    again: "Essaim keeps trying by itself.",
  },
  lost: {
    title: "Essaim no longer answers on this computer.",
    help: "What is shown may be out of date. Start Essaim again if it was stopped; this page comes back by itself.",
    retry: "Try now",
  },
  notices: {
    region: "Notices",
    undo: "Undo",
    close: "Close",
    failed: "That did not work.",
    details: "Details",
  },
  buttons: {
    add: "Add",
    cancel: "Cancel",
    change: "Change",
    close: "Close",
    copy: "Copy",
    copied: "Copied",
    delete: "Delete",
    download: "Download",
    more: "More",
    pause: "Pause",
    resume: "Resume",
    retry: "Try again",
    save: "Save",
    show: "Show",
    hide: "Hide",
  },
  units: {
    files: (amount: number) => count(amount, "file", "files"),
    folders: (amount: number) => count(amount, "folder", "folders"),
    peers: (amount: number) => count(amount, "peer", "peers"),
    people: (amount: number) => count(amount, "person", "people"),
  },
  table: {
    sortBy: (column: string) => `Sort by ${column}`,
  },
  noScript: "Without JavaScript this page does not refresh by itself: reload it to see what is new.",
  locked: {
    title: "These pages are locked",
    text: "Several people use this computer, so the pages open only for who started Essaim.",
    help:
      "In a terminal, type the command below and open the link that it prints. The link works once, for five minutes.",
  },
  errorPages: {
    notFoundTitle: "This page does not exist",
    notFound: "The address may be mistyped, or what it showed is no longer here.",
    failedTitle: "This page could not be shown",
    failed: "Something went wrong inside Essaim. Your files are not affected.",
    failedHelp: "Reload the page. If it happens again, start Essaim again and look into its log.",
    refusedTitle: "This request was refused",
    refused: "It did not come from a page of this computer, or the page was opened too long ago.",
    refusedHelp: "Open Essaim again from its address and repeat what was asked.",
    home: "Go to the dashboard",
    reload: "Reload",
  },
};
