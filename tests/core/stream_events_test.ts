import assert from "node:assert/strict";
import fc from "fast-check";
import { chunksIn, MAX_RUNS_CHARS, parseRuns, runsOf, runTexts } from "../../lib/core/chunk_runs.ts";
import { MAX_EVENT_CHARS, parseStreamEvent, type StreamEvent, streamEventText } from "../../lib/core/stream_events.ts";
import { fileId, hexId } from "../fakes.ts";

const chunkSets = fc.uniqueArray(fc.integer({ min: 0, max: 5_000 }), { maxLength: 3_000 })
  .map((chunks) => chunks.sort((a, b) => a - b));

Deno.test("runs of chunks come back from their texts, none of which is too long", () => {
  fc.assert(fc.property(chunkSets, (chunks) => {
    const texts = runTexts(runsOf(chunks));
    const parsed = texts.map((text) => parseRuns(text)!);
    assert.deepEqual(parsed.flatMap((runs) => [...chunksIn(runs, 5_001)]), chunks);
    assert.ok(texts.every(({ length }) => length <= MAX_RUNS_CHARS));
  }));
});

Deno.test("what is no text of runs is refused", () => {
  const malformed = ["a", "1-", "-1", "2-1", "1,,2", "1, 2", "1048576", "12345678", "0-1048576", "1-2-3"];
  for (const text of [...malformed, "7,7", "7,3", "0-9,9", "0-1048575,0-1048575"]) {
    assert.equal(parseRuns(text), undefined, text);
  }
  assert.equal(parseRuns(Array(MAX_RUNS_CHARS).fill("1").join(",")), undefined);
  assert.deepEqual(parseRuns("0-3,7,8"), [{ first: 0, last: 3 }, { first: 7, last: 7 }, { first: 8, last: 8 }]);
  assert.deepEqual(parseRuns("0-1048575"), [{ first: 0, last: 1_048_575 }]);
});

Deno.test("chunks that a file does not have are left out of runs", () => {
  assert.deepEqual([...chunksIn([{ first: 2, last: 1_048_575 }, { first: 9, last: 9 }], 4)], [2, 3]);
});

function read(text: string): (StreamEvent | undefined)[] {
  return text.split("\n\n").filter((event) => event !== "").map((event) => {
    const [, kind, data] = /^event: (\w+)\ndata: (.*)$/.exec(event)!;
    return parseStreamEvent(kind, data!);
  });
}

Deno.test("every event comes back as it was sent", () => {
  const file = fileId(7);
  const events: StreamEvent[] = [
    { kind: "stream", id: hexId(1, 32) },
    { kind: "have", file, chunks: [{ first: 0, last: 3 }, { first: 7, last: 7 }] },
    { kind: "offer", file, chunks: [{ first: 1, last: 2 }] },
    { kind: "offer", file, chunks: "all" },
    { kind: "choke" },
    { kind: "unchoke" },
    { kind: "index", epoch: hexId(2, 32), version: 5 },
  ];
  for (const event of events) assert.deepEqual(read(streamEventText(event)), [event]);
});

Deno.test("very many runs come in several events, each within its bounds", () => {
  const chunks = runsOf(Array.from({ length: 5_000 }, (_, n) => 2 * n));
  const text = streamEventText({ kind: "have", file: fileId(1), chunks });
  const events = read(text) as Extract<StreamEvent, { kind: "have" }>[];
  assert.ok(events.length > 1);
  assert.deepEqual(events.flatMap(({ chunks }) => chunks), chunks);
  assert.ok(text.split("\n\n").every(({ length }) => length <= MAX_EVENT_CHARS));
});

Deno.test("an offer of no chunk is one, so that nothing is asked for meanwhile", () => {
  const event: StreamEvent = { kind: "offer", file: fileId(1), chunks: [] };
  assert.deepEqual(read(streamEventText(event)), [event]);
});

Deno.test("unknown kinds are passed over, malformed events are not", () => {
  assert.equal(parseStreamEvent("gossip", "?"), undefined);
  assert.equal(parseStreamEvent("constructor", "{}"), undefined);
  assert.equal(parseStreamEvent(undefined, "{}"), undefined);
  const wrong: [string, string][] = [
    ["have", "{"],
    ["have", `{"file":"x","chunks":"1"}`],
    ["have", `{"file":"${fileId(1)}","chunks":"2-1"}`],
    ["have", `{"file":"${fileId(1)}","chunks":"all"}`],
    ["offer", `{"file":"${fileId(1)}"}`],
    ["stream", `{"id":"short"}`],
    ["index", `{"epoch":"${hexId(1, 32)}","version":-1}`],
  ];
  for (const [kind, data] of wrong) assert.throws(() => parseStreamEvent(kind, data), Error, kind + data);
});
