import { EssaimError } from "./errors.ts";

/** Several small files in one body. Each one: its length (u32 BE), 2^32 - 1 when it is not given, then its bytes. */
export type Bundle = readonly (Uint8Array | undefined)[];

/** Bytes before each file. */
export const FRAME_HEAD = 4;
const NOT_GIVEN = 0xffff_ffff;

export function encodeBundle(contents: Bundle): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(contents.reduce((sum, content) => sum + FRAME_HEAD + (content?.length ?? 0), 0));
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const content of contents) {
    view.setUint32(offset, content?.length ?? NOT_GIVEN);
    offset += FRAME_HEAD;
    if (content) bytes.set(content, offset);
    offset += content?.length ?? 0;
  }
  return bytes;
}

/** The files asked for, in their order; throws `bad-content` when it is not a bundle of files of these sizes. */
export function parseBundle(
  bytes: Uint8Array,
  asked: readonly { readonly size: number }[],
): (Uint8Array | undefined)[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let offset = 0;
  const contents = asked.map(({ size }) => {
    if (offset + FRAME_HEAD > bytes.length) throw new EssaimError("bad-content", "The bundle is too short.");
    const length = view.getUint32(offset);
    offset += FRAME_HEAD;
    if (length === NOT_GIVEN) return undefined;
    if (length !== size || offset + length > bytes.length) {
      throw new EssaimError("bad-content", "A file of the bundle has the wrong length.");
    }
    offset += length;
    return bytes.subarray(offset - length, offset);
  });
  if (offset !== bytes.length) throw new EssaimError("bad-content", "The bundle is too long.");
  return contents;
}
