import { counted } from "../formats.ts";

const count = counted("en");

/** The teacher's pages. */
export const trackerClass = {
  nav: "Class",
  tabs: {
    label: "Pages of the class",
    people: "People",
    invite: "Invite",
    files: "Files taken down",
    log: "Log",
    settings: "Settings",
  },
  signOut: "Sign out",
  cancel: "Cancel",

  /** What was just done, by the end of the address. */
  done: {
    renamed: "The name was changed. Their computers take it over as soon as they reach the tracker.",
    removed: "Removed from the class. Their computers are refused from now on.",
    restored: "Taken back. Computers of this person that are on notice it within a minute.",
    "computer-removed": "The computer was removed. It is refused from now on.",
    "new-code": "There is a new class code. The old one no longer works; whoever has joined stays.",
    saved: "Saved.",
    "password-set": "The password was set. Whoever had signed in must sign in again.",
    "taken-down": "The file was taken down.",
    "allowed-again": "The file is allowed again. It is listed at once if somebody still shares it.",
  },

  people: {
    title: "People of the class",
    summary: (people: number, here: number) =>
      `${count(people, "person", "people")}, ${here === 0 ? "nobody" : here} here now`,
    search: "Find a name",
    find: "Find",
    filters: "Which people",
    filter: { all: "All", here: "Here now", away: "Not here", invited: "Not joined yet", removed: "Removed" },
    columns: { name: "Name", state: "Presence", computers: "Computers", since: "Since", actions: "Actions" },
    caption: "People of the class",
    states: {
      here: "here now",
      away: "not here",
      invited: "invited, not joined yet",
      awaited: "reset, new computer awaited",
      removed: "removed",
    },
    seen: (date: string) => `seen ${date}`,
    reset: (name: string) => `Reset ${name}`,
    remove: (name: string) => `Remove ${name}`,
    restore: "Take back",
    restoreOf: (name: string) => `Take ${name} back`,
    none: "Nobody has joined yet",
    noneHelp: "Show the class code or hand out one-time codes: whoever joins appears here.",
    noMatch: "Nobody fits",
    noMatchHelp: "No name of this group contains these letters.",
    showAll: "Show everybody",
    page: (page: number, pages: number) => `Page ${page} of ${pages}`,
    previous: "Previous page",
    next: "Next page",
  },

  person: {
    missing: "There is no such person in the class.",
    rename: "Name",
    renameHelp: "One name belongs to one person. It is changed for everybody.",
    renameButton: "Change the name",
    computers: "Computers",
    noComputers: "No computer has joined under this name yet.",
    computer: (number: number) => `Computer ${number}`,
    here: "here now",
    away: "not here",
    neverSeen: "not seen since the tracker started",
    revoked: "removed",
    joined: (date: string) => `joined ${date}`,
    until: (date: string) => `certificate until ${date}`,
    removeComputer: "Remove",
    removeComputerOf: (computer: string) => `Remove ${computer}`,
    reset: "Computer lost or set up anew?",
    resetHelp:
      "A reset refuses all their computers and gives a code for the new one. They stay the same person: what others shared with them stays visible.",
    resetButton: "Reset…",
    remove: "No longer in the class?",
    removeHelp: "All their computers are refused, and what they share disappears for the class.",
    removeButton: "Remove…",
    removedNote: "This person was removed from the class. Whoever joins under this name is somebody else.",
    restore: "Removed by mistake?",
    restoreHelp:
      "It is the same person as before, with the computers removed at that moment. What others shared with them is visible again.",
  },

  confirm: {
    restore: {
      title: (name: string) => `Take ${name} back into the class?`,
      text:
        "It is the same person as before, with the computers removed at that moment. If somebody else has the name now, choose another one.",
      name: "Name",
    },
    remove: {
      title: (name: string) => `Remove ${name} from the class?`,
      text: [
        "The tracker refuses this person's computers at once, and computers of the class that are on within half a minute; the others as soon as they hear of it, within 24 hours.",
        "What was already downloaded stays on the computers that have it.",
        "You can take this person back later, with the same computers.",
        "The name becomes free. Whoever takes it later is somebody else and sees none of what was shared before.",
      ],
      button: "Remove",
    },
    reset: {
      title: (name: string) => `Reset ${name}?`,
      text: [
        "All computers of this person are refused from now on.",
        "You get a one-time code, valid for 30 days. With it a new computer, or one of these, joins as the same person.",
      ],
      button: "Reset and show the code",
    },
    computer: {
      title: (computer: string, name: string) => `Remove ${computer} of ${name}?`,
      text: [
        "This computer is refused from now on. The other computers of this person stay in the class.",
        "What was already downloaded stays on it.",
      ],
      button: "Remove the computer",
    },
    newCode: {
      title: "Make a new class code?",
      text: [
        "The code and the links that were shown until now no longer work. Whoever has joined stays in the class.",
        "One-time codes that were handed out stay valid.",
      ],
      button: "Make a new code",
    },
    takeDown: {
      title: (name: string) => `Take down ${name}?`,
      text: [
        "The tracker no longer lists this content, under any name, and no longer leads anybody to it.",
        "Copies stay on the computers that have it, and computers that see each other without the tracker may still exchange it. If it must disappear, speak to its owners.",
      ],
      button: "Take down",
    },
  },

  join: {
    show: "Show the class code",
    code: "Class code",
    link: "Link to join",
    copyLink: "Copy the link",
    qr: "QR code of the link to join",
    otherLinks: "If this address does not open, the same at:",
    help: "Whoever has this code can join the class. Show it to the class, and make a new one when it went too far.",
    helpRoster: "In this class one joins only with a one-time code of one's own.",
    helpOpen: "The class is open: whoever reaches the tracker and knows the first half of this code can join.",
    makeNew: "Make a new code…",
    forTeacher: "Pages of the teacher",
  },

  visitor: {
    title: (name: string) => `Join ${name}`,
    plain: "Join the class",
    intro: {
      code: "The teacher shows the class code, or a link that contains it.",
      open: "The teacher shows the class code, or a link that contains it.",
      roster: "The teacher hands out a code to each person. It works once.",
    },
    steps: [
      "Start Essaim on your computer.",
      "Open its page in the browser: under “Join your class” it asks for the link or the code.",
      "Paste the link or type the code, enter your name, and press Join.",
    ],
    command: "Or in a terminal:",
    yourName: "YOUR-NAME",
    linkHere: "This is your link",
    linkHelp:
      "Copy it, and paste it into the page of Essaim on your computer. The code in it has not left this browser.",
    copyLink: "Copy the link",
    copyCommand: "Copy the command",
    browser: "To look around with a browser only, nothing needs to be joined.",
  },

  invite: {
    title: "Invite people",
    text: "Each name gets a code of its own that works once, within 30 days. Print the sheet, cut it, hand it out.",
    names: "Names, one on each line",
    namesHelp: "As they are to be called in the class.",
    file: "Or a list as a file (CSV)",
    fileHelp:
      "As spreadsheets export it: one column of names, or columns with the headings “Nom” and “Prénom”, or “name”.",
    button: "Make the codes",
    again:
      "Who was invited before and has not joined gets a new code; the old one no longer works. Who has joined already gets none.",
    wrong: "Nobody was invited",
    correct: "Correct these lines and try again:",
    twice: (line: number, name: string, first: number) =>
      `Line ${line}: ${name} is also on line ${first}, or looks the same. Tell them apart, by a letter for example.`,
    noName: (line: number, name: string) =>
      `Line ${line}: ${name} cannot be a name. One has 1 to 64 characters that can be seen.`,
    empty: "Enter at least one name, or choose a file.",
    nobody: "Everybody on this list has joined already. Nothing was changed.",
  },

  sheet: {
    title: { invited: "Codes to hand out", reset: (name: string) => `New code for ${name}` },
    gone: "These codes are no longer shown",
    goneHelp: "Codes can be seen for an hour after they were made. Make new ones; the old ones then no longer work.",
    note: (date: string) => `Each code works once, until ${date}. This page shows them for an hour: print it now.`,
    noteOne: (date: string) => `The code works once, until ${date}. This page shows it for an hour.`,
    print: "Print",
    code: "Code",
    link: "Link",
    how: "In Essaim, under “Join your class”",
    qr: (name: string) => `QR code of the link for ${name}`,
    copyLink: "Copy the link",
    done: "Back to the people",
  },

  files: {
    title: "Files taken down",
    text: "The tracker lists none of these, and leads nobody to them. To take one down, open its page from the search.",
    none: "No file was taken down",
    noneHelp:
      "If something does not belong here, find it with the search, open its page and choose Take down. What is for the class or for some people only is not known to the tracker, and cannot be taken down here.",
    search: "Open the search",
    name: "Name",
    since: "Taken down",
    id: "Identifier",
    actions: "Actions",
    allow: "Allow again",
    allowOf: (name: string) => `Allow again: ${name}`,
    takeDown: "Take down…",
  },

  log: {
    title: "Log",
    text: "What was done in the class, newest first.",
    none: "Nothing has happened yet.",
    by: "by",
    teacher: "the teacher",
    older: "Older",
    newest: "Newest",
    about: (action: string) => `${action}:`,
    actions: {
      joined: "new in the class",
      "renewed-after-loss": "registered again after the database was lost",
      removed: "removed from the class",
      restored: "taken back into the class",
      renamed: "renamed",
      reset: "reset",
      "device-removed": "computer removed",
      "new-code": "new class code",
      enrolment: "way of joining changed",
      roster: "people invited",
      "taken-down": "file taken down",
      "allowed-again": "file allowed again",
      "signed-in": "signed in as the teacher",
      "sign-in-failed": "wrong password",
      "password-set": "password set",
      "class-renamed": "class renamed",
    } as Readonly<Record<string, string>>,
  },

  settings: {
    title: "Settings of the class",
    name: "Name of the class",
    nameHelp: "Shown to everybody, also to those who have not joined.",
    nameButton: "Change the name",
    enrolment: "Who may join",
    modes: {
      code: {
        label: "Whoever has the class code",
        help: "The usual choice: show the code in the room. Make a new one when it went too far.",
      },
      open: {
        label: "Whoever reaches the tracker",
        help:
          "The first half of the code is enough; it only proves that this is the right tracker. Anybody on the network can join.",
      },
      roster: {
        label: "Only people whom I invite",
        help: "Each person gets a one-time code. The class code itself no longer lets anybody in.",
      },
    },
    enrolmentButton: "Save",
    code: "Class code",
    codeHelp: "Show it large for the whole room, or make a new one when it went too far.",
    showCode: "Show large",
    password: "Password of the teacher",
    passwordHelp:
      "At this computer these pages open without a password. From another computer they ask for it, over an encrypted connection.",
    passwordSet: "A password is set.",
    passwordUnset: "No password is set: the pages open at this computer only.",
    newPassword: "New password",
    newPasswordHelp: "At least 10 characters. Several words are easy to remember and hard to guess.",
    again: "The same once more",
    passwordButton: "Set the password",
    different: "The two passwords differ. Type the same one twice.",
    "too-short": "This password is too short. Choose one of at least 10 characters.",
    "too-long": "This password is too long. Choose one of at most 200 characters.",
    onlyHere: "The password is set at the tracker's own computer, on this page or with: essaim tracker-password",
    elsewhere: "From another computer:",
    fingerprint: "The browser will say that it does not know the certificate. Compare its SHA-256 fingerprint:",
    badName: "This name cannot be used. Choose one of 1 to 64 characters.",
    nameTaken: "Somebody in the class has this name, or one that looks the same. Choose another.",
  },

  signIn: {
    title: "Sign in as the teacher",
    password: "Password",
    button: "Sign in",
    wrong: "This password is not the right one.",
    limited: (seconds: number) =>
      `Too many wrong passwords. Try again in ${
        count(seconds, "second", "seconds")
      }, or open the pages at the tracker's own computer.`,
    unset: "No password is set yet",
    unsetHelp: "Set one at the tracker's own computer: on its page under Class, Settings, or with",
  },

  refused: {
    title: "This page is for the teacher",
    "not-encrypted": "From another computer it opens only over an encrypted connection, so that nobody can read along.",
    proxy:
      "This tracker is reached through another server (tracker.public_url is set, or a proxy stands in between), so nobody counts as being at its own computer.",
    here: "At the tracker's own computer, open",
    secure: "From another computer, open this address and enter the password:",
    none: "Encrypted addresses are not known. Ask whoever runs the tracker.",
    warning:
      "The browser will say that it does not know the certificate. Its fingerprint is shown at the tracker's computer, under Class, Settings.",
  },
};
