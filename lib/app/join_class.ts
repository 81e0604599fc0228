import type { ClassTrust, KeptMembership } from "../class_ports.ts";
import { withoutSlash } from "../core/address.ts";
import { joinedTo, matches, parseJoinLink } from "../core/class_code.ts";
import type { ClassInfo } from "../core/class_messages.ts";
import { asEssaimError, EssaimError } from "../core/errors.ts";
import type { AuthorityClient, Clock, Identity } from "../ports.ts";
import type { JoinRequested } from "./membership_view.ts";

export interface JoinPorts {
  readonly identity: Identity;
  /** What a tracker says of its class over plain HTTP, and its authority's certificate (PEM): hints, until compared. */
  introduce(tracker: string, signal: AbortSignal): Promise<{ info: ClassInfo; ca: string }>;
  trustIn(ca: string): Promise<ClassTrust>;
  /** Speaks to nobody but the tracker whose certificate is by this authority. */
  authority(tracker: string, memberPort: number, ca: string): AuthorityClient;
  readonly clock: Clock;
  /** As configured; "" for none. */
  trackerUrl(): string;
}

/**
 * Asks the class of a link or code for membership: nothing is sent before its tracker has proved to be the one of the code.
 * Throws `bad-input`, `wrong-code`, `name-taken`, `removed`, `limited`, `unreachable`.
 */
export async function joinClass(
  { introduce, trustIn, authority, identity, clock, trackerUrl }: JoinPorts,
  { link, tracker: given, heard, name }: JoinRequested,
  signal: AbortSignal,
): Promise<KeptMembership> {
  const typed = parseJoinLink(link);
  const { tracker: linked, code } = heard === undefined ? typed : joinedTo(parseJoinLink(heard), typed);
  const tracker = linked ?? withoutSlash(given === undefined ? trackerUrl() : withScheme(given));
  if (tracker === "") {
    throw new EssaimError(
      "bad-input",
      "A code alone does not say where the class is. Give the whole link, or the tracker's address.",
    );
  }
  const { info, ca } = await introduce(tracker, signal).catch((error) => {
    const isHere = linked !== undefined || given !== undefined || asEssaimError(error).code === "busy";
    throw isHere || signal.aborted ? error : nowhere(asEssaimError(error), tracker);
  });
  const { classId } = await trustIn(ca);
  if (!matches(code, classId)) {
    throw new EssaimError(
      "wrong-code",
      `${tracker} is not the tracker of the class of this code. Nothing was sent to it; ${
        code.secret === "" ? "give the whole code, this is half of one." : "compare the code."
      }`,
    );
  }
  const request = { class: classId, name, secret: code.secret, at: new Date(clock.now()).toISOString() };
  const enrolled = await authority(tracker, info.memberPort, ca).join(await identity.signJoin(request), signal)
    .catch((error) => {
      throw code.secret === "" && asEssaimError(error).code === "wrong-code" ? halfMissing() : error;
    });
  return { name: info.name, ca, ...enrolled, tracker, memberPort: info.memberPort };
}

/** As one types it: "192.168.1.10:5000". */
function withScheme(address: string): string {
  return /^[a-z]+:\/\//i.test(address) ? address : `http://${address}`;
}

function halfMissing(): EssaimError {
  return new EssaimError(
    "wrong-code",
    "The second half of the code is missing. Give all of it, as the teacher shows it: ABCD-EFGH-JKMN-PQRS.",
  );
}

/** A code alone was given, and the address that is set here is none of a class. */
function nowhere(cause: EssaimError, tracker: string): EssaimError {
  return new EssaimError(
    cause.code,
    `A code alone does not say where the class is, and none answers at ${tracker}, which is set here. ` +
      "Give the whole link, or the tracker's address.",
    { cause },
  );
}
