import type { DoctorId, DoctorState, Finding } from "../../core/doctor.ts";
import { counted } from "../formats.ts";

const count = counted("en");

/** What the words need, written as a person reads it. Absent ones are "". */
export interface DoctorWords {
  readonly names: string;
  readonly name: string;
  readonly port: string;
  /** "2.1 GB". */
  readonly size: string;
  /** "2 h 10 min", how far the clock is off. */
  readonly off: string;
  /** Whether the clock is ahead; else behind. */
  readonly isAhead: boolean;
  readonly until: string;
}

export interface FindingText {
  says(words: DoctorWords): string;
  /** What to do; none where nothing needs to be done. */
  todo?(words: DoctorWords): string;
}

const findings: Record<Finding, FindingText> = {
  "addresses-good": { says: ({ names }) => `Others reach this computer at ${names}.` },
  "addresses-no-dhcp": {
    says: ({ names }) => `This computer has only given itself an address (${names}): the network gave it none.`,
    todo: () => "Connect to the Wi-Fi or plug in the cable again; if it stays so, the router gives out no addresses.",
  },
  "addresses-none": {
    says: () => "This computer is on no network.",
    todo: () => "Connect to the Wi-Fi of the class, or plug in the network cable.",
  },
  "addresses-local-only": {
    says: ({ name }) => `Essaim listens on ${name} only, where no other computer reaches it.`,
    todo: () => "In Settings, set the address to listen on to 0.0.0.0 and start Essaim again.",
  },
  "vpn-none": { says: () => "No VPN and no virtual network gets in the way." },
  "vpn-virtual": { says: ({ names }) => `There are virtual networks (${names}); they do no harm.` },
  "vpn-active": {
    says: ({ names }) => `A VPN is on (${names}); it may lead around the network of the class.`,
    todo: () => "If others are not found, switch the VPN off, or allow local networks in its settings.",
  },
  "udp-good": { says: ({ port }) => `Essaim listens for other computers on UDP port ${port}.` },
  "udp-off": {
    says: () => "Looking for other computers is switched off on this computer.",
    todo: () => "Switch discovery on in config.yaml, or connect to the others by their addresses.",
  },
  "udp-taken": {
    says: ({ port }) => `Another program uses UDP port ${port}, so other computers are not heard.`,
    todo: () => "Close that program and start Essaim again, or set another discovery port on all computers.",
  },
  "udp-failed": {
    says: ({ port }) => `UDP port ${port} cannot be used, so other computers are not heard.`,
    todo: () => "Start Essaim again; if it stays so, the log says why.",
  },
  "udp-unknown": { says: () => "Whether other computers can be heard was not looked at." },
  "broadcast-good": { says: () => "Messages to everybody on the network (broadcast) come through." },
  "broadcast-nobody": {
    says: () => "No message to everybody (broadcast) was heard yet; perhaps nobody else is there.",
    todo: () => "Start Essaim on another computer of the same network, then check again.",
  },
  "broadcast-silent": {
    says: () => "Computers on this network answer, but their messages to everybody (broadcast) do not arrive here.",
    todo: () =>
      "Allow Essaim to receive UDP in the firewall of this computer, and look whether the access point filters broadcast. The tracker, or addresses typed by hand, work without it.",
  },
  "broadcast-blocked": {
    says: () => "This computer does not even hear its own messages to everybody (broadcast).",
    todo: () => "Allow Essaim to send and receive UDP in the firewall of this computer.",
  },
  "broadcast-unknown": { says: () => "Messages to everybody (broadcast) could not be tried." },
  "multicast-good": { says: () => "Messages to a group (multicast) come through." },
  "multicast-nobody": { says: () => "No message to a group (multicast) was heard; perhaps nobody sends any." },
  "multicast-not-needed": { says: () => "Messages to a group (multicast) are not needed: broadcast comes through." },
  "multicast-blocked": {
    says: () => "This computer does not hear its own messages to a group (multicast).",
    todo: () => "This matters only where broadcast does not come through: then allow multicast in the firewall.",
  },
  "multicast-unknown": { says: () => "Messages to a group (multicast) could not be tried." },
  "peer-both": { says: ({ name }) => `${name} and this computer reach each other.` },
  "peer-one-way": {
    says: ({ name }) => `${name} answers, but cannot reach this computer.`,
    todo: () => "See the line about the firewall. Files still come from there, but not the other way.",
  },
  "peer-reached": { says: ({ name }) => `${name} answers; it could not say whether it reaches this computer.` },
  "peer-silent": {
    says: ({ name, names }) => `${name} does not answer at ${names}.`,
    todo: () => "Look whether Essaim runs there and the computer is awake; then at the firewall there.",
  },
  "peer-other": {
    says: ({ name, names }) => `Something else than ${name} answers at ${names}.`,
    todo: () => "Its address has changed: look it up on that computer, and connect to it again.",
  },
  "peers-none": {
    says: () => "No other computer is known, so none could be tried.",
    todo: () => "Start Essaim on another computer, or connect to one by its address.",
  },
  "firewall-good": { says: () => "Other computers reach this one." },
  "firewall-likely": {
    says: ({ port }) => `Essaim listens here on port ${port}, but nobody else gets through to it.`,
    todo: ({ port }) =>
      `Probably the firewall of this computer is in the way: allow Essaim (deno), or incoming TCP on port ${port}, in private networks.`,
  },
  "firewall-unknown": { says: () => "Whether others reach this computer is not known: nobody could be asked." },
  "isolation-none": { says: () => "Computers of this network reach each other." },
  "isolation-likely": {
    says: ({ names }) => `${names} can be heard, but not reached: the access point probably keeps computers apart.`,
    todo: () =>
      "Ask whoever runs the Wi-Fi to switch off client isolation (AP isolation, guest network), or use the cable.",
  },
  "isolation-unknown": { says: () => "Whether computers are kept apart is not known: nobody is near." },
  "tracker-good": { says: ({ name, names }) => `The tracker answers at ${name}, for the class ${names}.` },
  "tracker-open": { says: ({ name }) => `The tracker answers at ${name}.` },
  "tracker-none": {
    says: () => "No tracker is set. Files are shared without it; numbers about the class are missing.",
    todo: () => "To use one, set its address in Settings, or join its class.",
  },
  "tracker-silent": {
    says: ({ name }) => `The tracker at ${name} does not answer.`,
    todo: () =>
      "Look whether it is switched on and its address is still the one in Settings. Sharing goes on without it.",
  },
  "tracker-wrong": {
    says: ({ name }) => `Something else than a tracker answers at ${name}.`,
    todo: () => "Compare the address and the port in Settings with those that the teacher shows.",
  },
  "members-good": { says: () => "The tracker knows this computer as a member of its class." },
  "members-other-class": {
    says: ({ name, names }) => `The tracker is that of ${name}, but this computer is in ${names}.`,
    todo: () => "Set the address of the right tracker in Settings, or leave the class and join the other one.",
  },
  "members-silent": {
    says: ({ port }) => `The tracker does not answer members on port ${port}.`,
    todo: ({ port }) => `Allow incoming TCP on port ${port} in the firewall of the tracker's computer.`,
  },
  "members-refused": {
    says: () => "The tracker does not accept the certificate of this computer.",
    todo: () => "Ask the teacher whether this computer was removed; else join the class again.",
  },
  "members-not-joined": {
    says: ({ name }) => `This computer is not in the class ${name}: it shares only what is for everybody.`,
    todo: () => "Join the class in Settings with the link or code that the teacher shows.",
  },
  "members-unknown": { says: () => "The tracker could not be asked as a member of the class." },
  "clock-good": { says: () => "The clock agrees with those of the others." },
  "clock-off": {
    says: ({ off, isAhead }) => `The clock of this computer is ${off} ${isAhead ? "ahead of" : "behind"} the others.`,
    todo: () => "Have the system set the clock by itself. Essaim works meanwhile; dates are wrong.",
  },
  "clock-wrong": {
    says: ({ off, isAhead }) => `The clock of this computer is ${off} ${isAhead ? "ahead of" : "behind"} the others.`,
    todo: () => "Set date and time in the system: certificates of the class count as not valid otherwise.",
  },
  "clock-unknown": { says: () => "The clock could not be compared: nobody answered." },
  "disk-good": { says: ({ size }) => `${size} are free for downloads.` },
  "disk-low": {
    says: ({ size }) => `Only ${size} are free for downloads.`,
    todo: () => "Free some space, or choose a downloads folder on another disk in Settings.",
  },
  "disk-full": {
    says: ({ size }) => `The disk is full: ${size} are free.`,
    todo: () => "Free some space: downloads wait for it, and go on by themselves.",
  },
  "disk-unknown": { says: () => "The system does not say how much of the disk is free." },
  "certificate-good": { says: ({ name, until }) => `The certificate of the class ${name} is valid until ${until}.` },
  "certificate-soon": {
    says: ({ name, until }) => `The certificate of the class ${name} ends on ${until}.`,
    todo: () => "Come near the tracker once before: it is renewed by itself then.",
  },
  "certificate-ended": {
    says: ({ name, until }) => `The certificate of the class ${name} ended on ${until}.`,
    todo: () => "Bring this computer near the tracker: it is renewed by itself. Look at the clock, too.",
  },
  "certificate-removed": {
    says: ({ name }) => `The teacher has removed this computer from ${name}.`,
    todo: () => "Ask to be taken back, or for a code of your own.",
  },
  "certificate-none": { says: () => "This computer is in no class, and shares only what is for everybody." },
};

const lines: Record<DoctorId, string> = {
  addresses: "Addresses of this computer",
  vpn: "VPN and virtual networks",
  udp: "Finding others",
  broadcast: "Broadcast",
  multicast: "Multicast",
  peer: "Other computers",
  firewall: "Firewall",
  isolation: "Wi-Fi isolation",
  tracker: "Tracker",
  members: "Class at the tracker",
  clock: "Clock",
  disk: "Disk",
  certificate: "Certificate of the class",
};

const states: Record<DoctorState, string> = {
  good: "Fine",
  warn: "To look at",
  bad: "Problem",
  unknown: "Not known",
};

export const doctor = {
  title: "Check the network",
  panel: "State of the network",
  intro: "Looks at what may keep computers from finding each other, and says what to do. It takes up to ten seconds.",
  run: "Check now",
  again: "Check again",
  running: "Checking…",
  progress: (done: number, total: number) => `${done} of ${total}`,
  checked: (date: string) => `Checked ${date}`,
  summary: {
    good: "Everything that could be checked is fine.",
    warn: (amount: number) => `Nothing is broken; ${count(amount, "line", "lines")} to look at.`,
    bad: (amount: number) => `${count(amount, "problem", "problems")} found.`,
  },
  todo: "What to do:",
  between: ", ",
  details: "Details",
  lines,
  states,
  findings,
  link: "Check the network",
  linkHelp: "When other computers are not found: look what is in the way.",
  toConnect: "Connect to a computer by its address",

  connect: {
    title: "A computer that is not found by itself",
    text:
      "On some networks computers do not see each other. Type the address that the other computer shows under “Check the network”.",
    label: "Address of the other computer",
    help: "Such as 192.168.1.20 or 192.168.1.20:5001",
    submit: "Connect",
    connecting: "Connecting…",
    done: (name: string) => `${name} is connected. The address is remembered.`,
    known: "Remembered",
    present: "present",
    lastSeen: (date: string) => `seen ${date}`,
    remove: "Forget",
    removeOf: (name: string) => `Forget ${name}`,
    errors: {
      "bad-input": "This is not the address of a computer. It looks like 192.168.1.20 or 192.168.1.20:5001.",
      unreachable:
        "Nothing answers there. Check the address, and that Essaim runs on the other computer; then check the network.",
      "bad-content":
        "Something answers there, but it is no Essaim peer. Check the number after the colon: usually it is 5001.",
      conflict: "This is the address of this very computer. Type that of the other one.",
      limited: "Too many addresses are remembered. Forget one first.",
      busy: "The other computer is busy. Try again in a moment.",
    } as Record<string, string>,
  },
};
