import { z } from "zod";
import { EssaimError } from "./errors.ts";
import { fileIdSchema } from "./ids.ts";
import { fileSizeSchema } from "./manifest.ts";
import { collisionKey, isSafePath } from "./safe_path.ts";

/** Bounds of a folder share. A listing of 200,000 entries is about 40 MB. */
export const MAX_LISTING_ENTRIES = 200_000;
export const MAX_LISTING_BYTES = 64 * 1024 * 1024;

const path = z.string().refine(isSafePath, "not a safe relative path");

const listingSchema = z.object({
  format: z.literal("essaim listing v1"),
  /** Only the empty ones; others follow from the paths of their files. */
  emptyFolders: z.array(path).max(MAX_LISTING_ENTRIES),
  files: z.array(z.object({ path, size: fileSizeSchema, id: fileIdSchema })).max(MAX_LISTING_ENTRIES),
});

/** What a folder share contains; paths are relative, "/" between names. */
export type Listing = z.infer<typeof listingSchema>;
export type ListedFile = Listing["files"][number];

/** The content of a folder share: JSON in one canonical order, so that equal folders have equal ids. */
export function encodeListing(listing: Omit<Listing, "format">): Uint8Array<ArrayBuffer> {
  const byPath = (a: string, b: string) => a < b ? -1 : a > b ? 1 : 0;
  return new TextEncoder().encode(JSON.stringify({
    format: "essaim listing v1",
    emptyFolders: [...listing.emptyFolders].sort(byPath),
    files: [...listing.files].sort((a, b) => byPath(a.path, b.path)).map(({ path, size, id }) => ({ path, size, id })),
  }));
}

/** The listing in `bytes`; throws `bad-content` when it is malformed or two of its paths cannot exist side by side. */
export function parseListing(bytes: Uint8Array): Listing {
  if (bytes.length > MAX_LISTING_BYTES) throw new EssaimError("bad-content", "The folder's listing is too long.");
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new EssaimError("bad-content", "The folder's listing is not JSON.", { cause });
  }
  const parsed = listingSchema.safeParse(json);
  if (!parsed.success) {
    throw new EssaimError("bad-content", "The folder's listing is malformed.", { cause: parsed.error });
  }
  refuseTwins(parsed.data);
  return parsed.data;
}

function refuseTwins({ files, emptyFolders }: Listing): void {
  const taken = new Map<string, "file" | "folder">();
  const claim = (path: string, kind: "file" | "folder") => {
    const key = collisionKey(path);
    const known = taken.get(key);
    if (known !== undefined && (kind === "file" || known === "file")) {
      throw new EssaimError("bad-content", `Two entries of the folder are called ${JSON.stringify(path)}.`);
    }
    taken.set(key, kind);
  };
  for (const folder of emptyFolders) claim(folder, "folder");
  for (const { path } of files) claim(path, "file");
  for (const { path } of files) for (const parent of parents(path)) claim(parent, "folder");
  for (const folder of emptyFolders) for (const parent of parents(folder)) claim(parent, "folder");
}

function* parents(path: string): Generator<string> {
  for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
    yield path.slice(0, slash);
  }
}
