import { z } from "zod";
import { type ChunkRun, MAX_RUNS_CHARS, parseRuns, runTexts } from "./chunk_runs.ts";
import { fileIdSchema } from "./ids.ts";
import { indexPositionSchema } from "./messages.ts";

/** What one peer pushes to another over `GET /v1/events` (server-sent events, one stream per pair). */

/** Names a stream in questions of the peer that opened it: 128 random bits. */
export const STREAM_HEADER = "essaim-stream";
export const streamIdSchema = z.string().regex(/^[0-9a-f]{32}$/).brand<"StreamId">();
export type StreamId = z.infer<typeof streamIdSchema>;

/** One event is shorter; so many characters of one that is not whole yet are kept. */
export const MAX_EVENT_CHARS = MAX_RUNS_CHARS + 1024;
/** Something comes at least this often, if only a comment. */
export const HEARTBEAT_MS = 15_000;

const runs = z.string().transform((text, context): readonly ChunkRun[] => {
  const runs = parseRuns(text);
  if (runs) return runs;
  context.addIssue({ code: "custom", message: "no runs of chunks" });
  return z.NEVER;
});

const eventSchema = z.discriminatedUnion("kind", [
  /** The first one: how questions name this stream. */
  z.object({ kind: z.literal("stream"), id: streamIdSchema }),
  /** Chunks that the peer has since it was asked, or told, last. */
  z.object({ kind: z.literal("have"), file: fileIdSchema, chunks: runs }),
  /** Only these are to be asked for here now, instead of what was offered before; "all": whichever are here. */
  z.object({ kind: z.literal("offer"), file: fileIdSchema, chunks: z.union([z.literal("all"), runs]) }),
  /** No upload slot is free for whoever opened the stream, until it is told otherwise. */
  z.object({ kind: z.literal("choke") }),
  /** An upload slot is kept for a moment. */
  z.object({ kind: z.literal("unchoke") }),
  /** The index of the peer has changed. */
  z.object({ kind: z.literal("index"), ...indexPositionSchema.shape }),
]);

export type StreamEvent = Readonly<z.output<typeof eventSchema>>;

const KINDS: ReadonlySet<string> = new Set(eventSchema.options.map(({ shape }) => shape.kind.value));

/** Undefined for kinds that are not known here. Throws ZodError, SyntaxError. */
export function parseStreamEvent(kind: string | undefined, data: string): StreamEvent | undefined {
  return kind !== undefined && KINDS.has(kind) ? eventSchema.parse({ ...JSON.parse(data), kind }) : undefined;
}

/** As it is sent. Chunks that are too many runs for one event come in several, of which only `have` means all. */
export function streamEventText(event: StreamEvent): string {
  const { kind, ...content } = event;
  const text = (data: object) => `event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
  if (!("chunks" in content) || content.chunks === "all") return text(content);
  const texts = runTexts(content.chunks).map((chunks) => text({ ...content, chunks }));
  return kind === "have" ? texts.join("") : texts[0] ?? text({ ...content, chunks: "" });
}
