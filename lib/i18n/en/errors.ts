import type { ErrorCode } from "../../core/errors.ts";

/** What happened, why, what to do, by code. `lost`: the program on this computer does not answer. */
export const errors: Record<ErrorCode | "lost", string> = {
  "access-ended": "Its owner no longer shares it with you. Ask the owner if you still need it.",
  "already-running":
    "Essaim already runs with this data folder. Use the window that is open, or choose another folder.",
  "bad-config": "This value cannot be used. Correct it and save again.",
  "bad-content": "What a peer sent was not the file that was asked for. Essaim asks other peers; try again later.",
  "bad-input": "This was not understood. Check what was entered and try again.",
  "bad-name": 'This name cannot be used for a file. Choose one without / \\ : * ? " < > | and not only dots or spaces.',
  "bad-record": "What a peer says about this file is not signed by its owner. Ask the owner to share it again.",
  busy: "Too much is going on at once. Wait a few seconds and try again.",
  cancelled: "This was cancelled. Start it again if it is still wanted.",
  changed: "The file changed on its owner's computer in the meantime. Search again to get its new version.",
  conflict: "This is not possible in the present state. Reload the page to see what changed.",
  "database-damaged": "The memory of Essaim on this computer is damaged. Start Essaim again; it repairs what it can.",
  "disk-full": "The disk is full. Free some space; what was begun then continues by itself.",
  internal: "Something unexpected happened inside Essaim. Try again; if it happens again, look into the log.",
  limited: "Too many requests in a short time. Wait a moment and try again.",
  "name-taken":
    "Somebody in the class has this name, or one that looks the same. Choose another; if it is you, on your other computer, ask that one for a code.",
  "no-desktop": "No program here can show folders. The details say where it is.",
  "no-source": "No peer that is present has this file. It starts by itself when one comes back.",
  "not-found": "This is no longer here. It may have been deleted, or is no longer shared with this computer.",
  "not-joined":
    "Only members of a class can choose who sees a file. Join a class in Settings, or share with everyone on this network.",
  "not-running": "Essaim does not run on this computer. Start it and reload the page.",
  "port-taken": "Another program uses this port. Choose another one in Settings.",
  removed:
    "The teacher has removed this computer from the class. Ask to be taken back, or for a code of your own to join again.",
  "too-large": "This is too large. Choose something smaller.",
  unauthorized: "This page was opened too long ago, or elsewhere. Open Essaim again from its address.",
  unreachable: "The other computer does not answer. Check the network and try again.",
  unreadable: "A file or folder cannot be read. Check that it exists and that this account may open it.",
  unwritable: "A file or folder cannot be written. Check that it exists and that this account may change it.",
  "wrong-code": "This code is not the class's, or it was used already. Compare it with the one that the teacher shows.",
  lost: "Essaim does not answer on this computer. Start it again if it was stopped, then try again.",
};
