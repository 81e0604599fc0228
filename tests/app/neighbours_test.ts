import assert from "node:assert/strict";
import { Neighbours } from "../../lib/app/neighbours.ts";
import type { Neighbour } from "../../lib/core/messages.ts";
import { FakeClock, peerId, userId } from "../fakes.ts";

const KEPT_MS = 30_000;
const SELF = peerId(99);

class Setup {
  readonly clock = new FakeClock();
  readonly neighbours = new Neighbours(SELF, this.clock);
  at = (host: string, changes: Partial<Neighbour> = {}): Neighbour => {
    return { peerId: peerId(1), name: "alice", host, port: 5001, ...changes };
  };
  tell = (host: string, changes: Partial<Neighbour> = {}) => this.neighbours.heard([this.at(host, changes)]);
  find = (host: string, changes: Partial<Neighbour> = {}) => this.neighbours.found(this.at(host, changes), KEPT_MS);
  get host() {
    return this.neighbours.get(peerId(1))?.host;
  }
  get isPresent() {
    return this.neighbours.present().length === 1;
  }
}

Deno.test("a neighbour is present as long as whoever told of it keeps it", () => {
  const told = new Setup();
  told.tell("10.0.0.1");
  told.clock.advance(90_000);
  assert.ok(told.isPresent);
  told.clock.advance(1);
  assert.ok(!told.isPresent);

  const found = new Setup();
  found.find("10.0.0.1");
  found.clock.advance(20_000);
  found.neighbours.heardAgain(peerId(1), KEPT_MS);
  found.clock.advance(30_000);
  assert.ok(found.isPresent);
  found.clock.advance(1);
  assert.ok(!found.isPresent);
  found.neighbours.met(peerId(1));
  assert.ok(found.isPresent);

  const both = new Setup();
  both.tell("10.0.0.1");
  both.find("10.0.0.1");
  both.clock.advance(60_000);
  assert.ok(both.isPresent, "the tracker still counts");
});

Deno.test("a neighbour that was found elsewhere is not moved back by what is only repeated", () => {
  const setup = new Setup();
  setup.tell("10.0.0.1");
  setup.find("10.0.0.2");
  setup.tell("10.0.0.1");
  assert.equal(setup.host, "10.0.0.2");
  setup.tell("10.0.0.3");
  assert.equal(setup.host, "10.0.0.3", "this is news");
  setup.find("10.0.0.2");
  setup.clock.advance(KEPT_MS);
  setup.tell("10.0.0.3");
  assert.equal(setup.host, "10.0.0.3", "it is not heard there any more");
});

Deno.test("who proved to be a member somewhere stays there, and keeps its user, whatever is told", () => {
  const setup = new Setup();
  setup.find("10.0.0.2", { user: userId(1), memberPort: 5101 });
  setup.tell("10.0.0.3", { name: "alice b.", user: userId(2), memberPort: 5109 });
  const { host, name, user, memberPort } = setup.neighbours.get(peerId(1))!;
  assert.deepEqual({ host, name, user, memberPort }, {
    host: "10.0.0.2",
    name: "alice b.",
    user: userId(1),
    memberPort: 5101,
  });
});

Deno.test("a peer is no neighbour of itself, and of very many those heard longest ago are forgotten", () => {
  const { neighbours, at } = new Setup();
  neighbours.found(at("10.0.0.1", { peerId: SELF }), KEPT_MS);
  neighbours.heard([at("10.0.0.1", { peerId: SELF })]);
  neighbours.heardAgain(peerId(5), KEPT_MS);
  assert.deepEqual(neighbours.list(), []);
  for (let number = 1_000; number < 2_500; number++) {
    neighbours.found(at("10.0.0.1", { peerId: peerId(number) }), KEPT_MS);
  }
  assert.equal(neighbours.present().length, 1_000);
  assert.equal(neighbours.get(peerId(1_499)), undefined);
});
