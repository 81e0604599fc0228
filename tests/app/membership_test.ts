import assert from "node:assert/strict";
import { classTrust } from "../../lib/adapters/certificates.ts";
import { Membership } from "../../lib/app/membership.ts";
import type { KeptMembership } from "../../lib/class_ports.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { UserId } from "../../lib/core/ids.ts";
import { DAY_MS } from "../../lib/core/membership.ts";
import { codeOf, FakeLog, PatientClock } from "../fakes.ts";
import { until } from "../journeys/until.ts";
import { newComputer, NOW, openRoom } from "./class_room_setup.ts";

const signal = new AbortController().signal;
const TRACKER = "http://10.0.0.1:5000";

/** A real class, and a computer whose questions reach it unless the tracker does not answer. */
async function withComputer(name = "alice") {
  const clock = new PatientClock(NOW);
  const it = await openRoom({ clock });
  const { room, authority } = it;
  const computer = await newComputer();
  const log = new FakeLog();
  const network = {
    isDown: false,
    memberPort: 5443,
    asked: 0,
    at: TRACKER,
    heard: [] as string[],
    used: [] as string[],
  };
  let kept: KeptMembership | undefined;
  let people: { user: UserId; name: string }[] = [];
  const reach = <T>(answer: () => T): T => {
    if (network.isDown) throw new EssaimError("unreachable", "The tracker does not answer.");
    return answer();
  };
  const asMember = <T>(answer: () => T) =>
    reach(() => {
      if (room.userOf(computer.peerId) !== undefined) return Promise.resolve(answer());
      throw new EssaimError("unreachable", "It hung up.");
    });
  const gone = () => {
    throw new EssaimError("unreachable", "Nobody answers there.");
  };
  const open = () =>
    Membership.open({
      identity: {
        ...computer,
        publicKey: computer.key,
        signJoin: computer.join,
        signRenew: ({ class: id, at }: { class: typeof authority.classId; at: string }) =>
          computer.renew(id, Date.parse(at)),
      } as never,
      store: {
        get kept() {
          return kept;
        },
        keep: (membership) => {
          kept = membership;
          return Promise.resolve();
        },
      },
      people: { list: () => people, replace: (all) => void (people = [...all]) },
      tracker: {
        members: async () => await asMember(() => room.members()),
        deviceCode: async () => await asMember(() => room.deviceCode(room.userOf(computer.peerId)!)),
        revocations: async () => await asMember(() => room.revocations.jws),
      },
      introduce: async (tracker) =>
        await reach(() =>
          tracker === TRACKER && network.at !== TRACKER
            ? gone()
            : ({ info: { ...room.info(), memberPort: network.memberPort, software: "" }, ca: room.pem })
        ),
      trustIn: classTrust,
      authority: (tracker, memberPort) => {
        const ask = async <T>(answer: () => Promise<T>) => {
          network.asked++;
          if (memberPort !== network.memberPort || tracker !== network.at) return gone();
          return await reach(answer);
        };
        return { join: (jws) => ask(() => room.enrol(jws, "10.0.0.7")), renew: (jws) => ask(() => room.renew(jws)) };
      },
      encrypt: () => Promise.resolve(new Uint8Array()),
      ...{ clock, log },
      trackerUrl: () => network.used.at(-1) ?? TRACKER,
      useTracker: (url) => Promise.resolve(void network.used.push(url)),
      heardTrackers: (id) => id === authority.classId ? network.heard : [],
      ownAddresses: () => [],
    });
  const membership = await open();
  const join = (code = room.code()) => membership.join({ link: code, name }, signal);
  await join();
  const user = membership.current!.me.user;
  return {
    ...{ room, clock, log, network, computer, membership, join, open, user },
    hearNews: () =>
      membership.heardOfClass({
        name: room.info().name,
        revocations: room.revocations.number,
        members: "",
        renew: false,
      }),
    [Symbol.asyncDispose]: async () => {
      await membership.close();
      it[Symbol.dispose]();
    },
  };
}

Deno.test("a removed computer that no list reaches is told so by the tracker, and comes back soon after it was taken back", async () => {
  await using it = await withComputer();
  const { room, clock, membership, user } = it;
  membership.start();
  await until("it rests", () => clock.next < Infinity);
  await room.remove(user);
  assert.equal(membership.removed, false); // nobody of the class answers it any more
  membership.lookAgain();
  await until("it knows", () => membership.removed);
  assert.equal(membership.current, undefined);
  assert.equal(membership.kept, undefined);
  assert.deepEqual(membership.standing, { name: "6e B", user, removed: true });
  await until("it asks soon again", () => clock.next - clock.elapsed <= 60_000);
  assert.deepEqual(it.log.codes.filter((code) => code === "class-removed"), ["class-removed"]);

  const { asked } = it.network;
  clock.advance(60_000);
  await until("it has asked", () => it.network.asked > asked && clock.next < Infinity);
  assert.equal(membership.removed, true);
  assert.ok(!it.log.codes.includes("class-not-asked"));
  await room.restore(user);
  clock.advance(60_000);
  await until("it is back", () => membership.current?.me.user === user);
  assert.equal(membership.removed, false);
});

Deno.test("a removed computer that was off meanwhile is told so at its start, and finds a tracker that has moved", async () => {
  await using it = await withComputer();
  const { room, clock, user } = it;
  await it.membership.close();
  await room.remove(user);
  it.network.memberPort = 6443;
  await using stack = new AsyncDisposableStack();
  const again = stack.adopt(await it.open(), (again) => again.close());
  again.start();
  await until("it knows", () => {
    clock.advance(3_000);
    again.lookAgain(); // as whenever the tracker does not answer
    return again.removed;
  });
  it.network.memberPort = 7443;
  await room.restore(user);
  await until("it is back", () => {
    clock.advance(15_000);
    return again.current?.me.user === user;
  });
  assert.equal(again.kept?.memberPort, 7443);
});

Deno.test("where a tracker was heard the second half of the code is enough, and a class of another code is refused", async () => {
  await using it = await withComputer();
  const { membership, room } = it;
  await membership.leave();
  const [first, second] = [room.code().slice(0, 9), room.code().slice(10)];
  const asked = it.network.asked;
  const join = (shown: string, link: string) =>
    membership.join({ link, heard: `${TRACKER}/join#${shown}`, name: "alice" }, signal);
  assert.equal(await codeOf(join("0000-0000", second)), "wrong-code");
  assert.equal(await codeOf(join(first, `0000-0000-${second}`)), "wrong-code");
  assert.equal(it.network.asked, asked, "no code was sent");
  await join(first, second);
  assert.equal(membership.current?.me.name, "alice");
});

Deno.test("a removed computer joins again by a code of its user, and by no other", async () => {
  await using it = await withComputer();
  const { room, membership, user } = it;
  assert.equal(await codeOf(it.join()), "conflict"); // it is in a class
  const { code } = await room.reset(user);
  membership.lookAgain();
  await until("it knows", () => membership.removed);
  assert.equal(await codeOf(it.join()), "removed");
  assert.equal(membership.removed, true);
  await it.join(code);
  assert.equal(membership.removed, false);
  assert.equal(membership.current?.me.user, user);
  assert.equal(membership.revocations?.number, room.revocations.number);
  assert.equal(membership.isRevoked(it.computer.peerId), false);
});

Deno.test("a newer list from somebody does not make a refused computer a member", async () => {
  await using it = await withComputer();
  const { room, membership, user } = it;
  await room.remove(user);
  membership.lookAgain();
  await until("it knows", () => membership.removed);
  await membership.accept(room.revocations.jws);
  assert.equal(membership.removed, true);
  await room.restore(user);
  await membership.accept(room.revocations.jws);
  assert.equal(membership.removed, true);
  await membership.renew();
  assert.equal(membership.removed, false);
});

Deno.test("a certificate that ended while the tracker was away is renewed as soon as the tracker is there", async () => {
  await using it = await withComputer();
  const { clock, membership } = it;
  clock.advance(40 * DAY_MS);
  it.network.isDown = true;
  membership.start();
  await until("it has asked", () => it.network.asked > 1 && clock.next < Infinity);
  it.network.isDown = false;
  clock.advance(3_000);
  membership.lookAgain();
  await until("it is renewed", () => membership.current!.me.notAfter > clock.now());
});

Deno.test("who was renamed gets a certificate with the new name when the tracker says so", async () => {
  await using it = await withComputer();
  const { room, membership, user } = it;
  room.rename(user, "Alice D.");
  const news = { name: room.info().name, revocations: room.revocations.number, members: "1", renew: true };
  membership.heardOfClass(news);
  await until("it is called so", () => membership.current?.me.name === "Alice D.");
});

Deno.test("a tracker whose computer has another address is found where it is heard, once it has proved to be the class's", async () => {
  await using it = await withComputer();
  const { network, membership } = it;
  const [impostor, real] = ["http://10.0.0.66:5000", "http://10.0.0.23:5000"];
  network.at = real;
  network.heard = [TRACKER, impostor];
  membership.lookAgain();
  await until("both were tried", () => network.asked === 2); // joining was one
  await until("it has given up", () => it.log.codes.includes("class-not-asked"));
  assert.deepEqual([network.used, membership.kept?.tracker], [[], TRACKER]);

  network.heard = [impostor, real];
  it.clock.elapsed += 10_000;
  membership.lookAgain();
  await until("it is found", () => network.used.length > 0);
  assert.deepEqual([network.used, membership.kept?.tracker], [[real], real]);
  await membership.renew();
});
