import { MAX_CHUNKS } from "./manifest.ts";

/** Chunks `first` to `last`, both included. */
export interface ChunkRun {
  readonly first: number;
  readonly last: number;
}

/** The longest text of runs: about a thousand of them. Who has more to tell tells it in several events. */
export const MAX_RUNS_CHARS = 8 * 1024;
const RUNS = /^\d{1,7}(?:-\d{1,7})?(?:,\d{1,7}(?:-\d{1,7})?)*$/;

/** Rising chunks as runs of neighbours. */
export function runsOf(chunks: Iterable<number>): ChunkRun[] {
  const runs: { first: number; last: number }[] = [];
  for (const chunk of chunks) {
    const run = runs.at(-1);
    if (run && run.last === chunk - 1) run.last = chunk;
    else runs.push({ first: chunk, last: chunk });
  }
  return runs;
}

/** As in "0-3,7"; in as many texts as are needed, none for none. */
export function runTexts(runs: Iterable<ChunkRun>): string[] {
  const texts: string[] = [];
  let text = "";
  for (const { first, last } of runs) {
    const next = first === last ? `${first}` : `${first}-${last}`;
    if (text.length + 1 + next.length > MAX_RUNS_CHARS) {
      texts.push(text);
      text = "";
    }
    text += text === "" ? next : `,${next}`;
  }
  return text === "" ? texts : [...texts, text];
}

/**
 * Undefined for what is no such text, is too long, names a chunk twice or chunks that no file has: a short text is never
 * more work than all chunks of one file.
 */
export function parseRuns(text: string): ChunkRun[] | undefined {
  if (text === "") return [];
  if (text.length > MAX_RUNS_CHARS || !RUNS.test(text)) return undefined;
  const runs: ChunkRun[] = [];
  for (const run of text.split(",")) {
    const [first, last = first] = run.split("-").map(Number) as [number, number?];
    const isRising = first > (runs.at(-1)?.last ?? -1);
    if (!isRising || first > last || last >= MAX_CHUNKS) return undefined;
    runs.push({ first, last });
  }
  return runs;
}

/** Each chunk of the runs that a file of so many chunks has. */
export function* chunksIn(runs: Iterable<ChunkRun>, length: number): Generator<number> {
  for (const { first, last } of runs) {
    for (let chunk = first; chunk <= last && chunk < length; chunk++) yield chunk;
  }
}
