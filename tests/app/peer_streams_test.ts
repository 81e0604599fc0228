import assert from "node:assert/strict";
import { type Follower, PeerStreams } from "../../lib/app/peer_streams.ts";
import type { StreamEvent } from "../../lib/core/stream_events.ts";
import { fileId, PatientClock, peerId } from "../fakes.ts";

const follower: Follower = { file: fileId(1), onPushed: () => {}, onStream: () => {} };

Deno.test("a stream that nobody follows any more gives its place to one that is needed at once", async () => {
  let open = 0;
  const events = async (_at: unknown, _onEvent: unknown, signal: AbortSignal) => {
    open++;
    await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
      .finally(() => open--);
  };
  {
    await using streams = new PeerStreams({ peers: { events }, clock: new PatientClock(), onIndex: () => {} });
    const follow = (n: number) => streams.follow(peerId(n), { host: "10.0.0.1", port: n }, follower);
    const followed = Array.from({ length: 32 }, (_, n) => follow(n + 1)!);
    assert.equal(follow(33), undefined, "all of them are in use");
    followed[0]![Symbol.dispose]();
    assert.notEqual(follow(33), undefined);
    assert.equal(follow(34), undefined);
  }
  assert.equal(open, 0);
});

Deno.test("of several downloads from one peer each is in its turn the first to hear of a free slot", async () => {
  let heard: (event: StreamEvent) => void = () => {};
  const events = (_at: unknown, onEvent: (event: StreamEvent) => void, signal: AbortSignal) => {
    heard = onEvent;
    return new Promise<void>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  };
  await using streams = new PeerStreams({ peers: { events }, clock: new PatientClock(), onIndex: () => {} });
  const firsts: number[] = [];
  let isFirst = false;
  for (const n of [1, 2, 3]) {
    streams.follow(peerId(1), { host: "10.0.0.1", port: 1 }, {
      ...follower,
      file: fileId(n),
      onPushed: () => {
        if (isFirst) firsts.push(n);
        isFirst = false;
      },
    });
  }
  for (let turn = 0; turn < 4; turn++) {
    isFirst = true;
    heard({ kind: "unchoke" });
  }
  assert.deepEqual(firsts, [1, 2, 3, 1]);
});
