import { counted } from "../formats.ts";

const count = counted("en");
const people = (amount: number) => count(amount, "person", "people");

/** The class of this computer: joining it, its people, groups, leaving it. */
export const classTexts = {
  title: "Class",
  join: {
    title: "Join your class",
    text: "In a class, a file can be for the class or for some people only, and names are certain.",
    removed: (className: string) =>
      `The teacher has removed this computer from ${className}. It comes back by itself when the teacher takes you back; or join again by a code that the teacher makes for you. The code of the whole class is not enough.`,
    link: "Link or code",
    linkHelp: "As the teacher shows it: http://…/join#ABCD-EFGH-JKMN-PQRS, or its code alone.",
    heard: {
      title: "Classes on this network",
      help:
        "Compare: the teacher's code begins with the letters and digits shown here. Then its second half is enough.",
      none: "No class makes itself known on this network so far. The link that the teacher gives is enough too.",
      other: "Another one",
      otherHelp: "By the link that the teacher gives.",
    },
    code: "Code",
    codeHelp: (beginning: string) =>
      `As the teacher shows it. It begins with ${beginning}, or this is not your class; its second half is enough.`,
    tracker: "Address of the tracker",
    trackerHelp: "Only needed with a code: the first part of the link, such as http://192.168.1.10:5000.",
    name: "Your name",
    nameHelp: "As the others know you. It belongs to you in this class.",
    submit: "Join",
    joining: "Joining…",
    joined: (className: string) => `This computer is in ${className} now.`,
    nowhere:
      "A code alone does not say where the class is, and no class answers at the address that this computer knows. Paste the whole link, or enter its address below.",
    halfMissing: "This is half of a code. Enter all of it, as the teacher shows it: 16 letters and digits.",
    errors: {
      conflict:
        "This computer is in a class already, or was in this one under another name. Reload the page; or join by the class code under that name; or ask the teacher for a code for it.",
      "bad-input":
        "This is no link and no code of a class, or the name cannot be used. Copy it as the teacher shows it.",
      "wrong-code":
        "This code is not the one of this class, or it was used already. Nothing was joined. Compare it with what the teacher shows.",
      "not-found": "No class answers at this address. Compare it with the one that the teacher shows.",
      unreachable: "The tracker does not answer. Check the network, and that this computer is on the one of the class.",
      limited: "Too many tries with a wrong code. Wait a minute, then try again.",
    } as Readonly<Record<string, string>>,
  },
  me: "Your name",
  className: "Class",
  until: "Valid until",
  untilHelp: "Renewed by itself whenever the tracker is there.",
  people: "People",
  peopleCount: people,
  alone: "Nobody else has joined yet.",
  morePeople: (amount: number) => `and ${count(amount, "other", "others")}`,
  groups: {
    title: "Groups",
    text:
      "People under one name, on this computer only. Who joins or leaves a group sees, or no longer sees, what is shared with it.",
    none: "No group yet.",
    add: "New group",
    name: "Name of the group",
    members: "People in it",
    save: "Save",
    edit: (name: string) => `Change ${name}`,
    remove: (name: string) => `Remove ${name}`,
    removeHelp: "Whoever is only in this group no longer sees what was shared with it.",
    count: people,
    saved: "Saved.",
    removed: (name: string) => `${name} removed.`,
    isPerson: "A person of the class has this name. Give the group another one.",
    taken: "There is a group with this name already.",
  },
  device: {
    title: "A second computer",
    text: "Your other computer joins with this code, as you. It works once.",
    show: "Show a code",
    until: (time: string) => `Until ${time}.`,
    link: "Or this link",
  },
  leave: {
    title: "Leave the class",
    text:
      "What you shared with the class or with some people is then shown to nobody. To come back, a code is needed again.",
    submit: "Leave the class",
    left: "This computer has left the class.",
  },
};
