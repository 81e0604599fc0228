import { dirname, join } from "node:path";
import { z } from "zod";
import type { ClassFolder, ClassRequests, ClassSettings } from "../class_ports.ts";
import { enrolmentSchema, MAX_REVOCATIONS_BYTES } from "../core/class_messages.ts";
import { EssaimError } from "../core/errors.ts";
import { displayNameSchema } from "../core/messages.ts";
import { classAuthority, type KeptAuthority, newAuthority } from "./class_authority.ts";
import { classChance } from "./class_chance.ts";
import { classRequests } from "./class_requests.ts";
import { syncFolder } from "./files.ts";
import { readPrivate, writePrivate } from "./key_files.ts";

const WHAT = "the class's key";
const MAX_FILE_BYTES = 4_096;

const settingsSchema = z.strictObject({
  name: displayNameSchema,
  enrolment: enrolmentSchema,
  secret: z.string().regex(/^[0-9A-HJKMNP-TV-Z]{8}$/),
});

/**
 * The class kept in `dir` (`DATA/class`: `ca.key`, `ca.pem`, `class.json`, `revocations.jws`; mode 0600 in a folder of
 * mode 0700), made at the first call: complete, or not there at all. Throws `unreadable` when others may read it or a part
 * of it is missing or damaged, `unwritable`, `disk-full`. `name`: of a new class; `now`: milliseconds since 1970.
 */
export async function openClass(
  { dir, name, now }: { readonly dir: string; readonly name: string; readonly now: number },
): Promise<{ authority: KeptAuthority; folder: ClassFolder; requests: ClassRequests }> {
  const files = { key: join(dir, "ca.key"), pem: join(dir, "ca.pem"), json: join(dir, "class.json") };
  if (await isEmpty(dir)) await makeClass(dir, name, now);
  const [key, pem, json] = await Promise.all(
    [files.key, files.pem, files.json].map((path) => readPrivate(path, WHAT, MAX_FILE_BYTES)),
  );
  if (key === undefined || pem === undefined) {
    throw damaged(key === undefined ? files.key : files.pem, "is missing");
  }
  const authority = await classAuthority(key, pem).catch((cause) => {
    throw damaged(dir, "does not hold the key and the certificate of one class", cause);
  });
  const folder = await classFolder(dir, json === undefined ? firstSettings(name) : readSettings(json, files.json));
  if (json === undefined) await folder.putSettings(folder.settings); // it was deleted to begin with a new code
  return { authority, folder, requests: classRequests(authority.peerId) };
}

async function classFolder(dir: string, first: ClassSettings): Promise<ClassFolder> {
  const path = join(dir, "revocations.jws");
  let settings = first;
  let revocations = await readPrivate(path, "the class's revocations", MAX_REVOCATIONS_BYTES);
  return {
    get settings() {
      return settings;
    },
    get revocations() {
      return revocations;
    },
    async putSettings(changed) {
      await writePrivate(join(dir, "class.json"), writeSettings(changed), WHAT);
      settings = changed;
    },
    async putRevocations(jws) {
      await writePrivate(path, jws, "the class's revocations");
      revocations = jws;
    },
  };
}

/** In a folder beside it that takes its name when all is there. */
async function makeClass(dir: string, name: string, now: number): Promise<void> {
  const begun = `${dir}.new`;
  const { key, certificate } = await newAuthority(now);
  try {
    await removeTree(begun);
    await writePrivate(join(begun, "ca.key"), key, WHAT);
    await writePrivate(join(begun, "ca.pem"), certificate, WHAT);
    await writePrivate(join(begun, "class.json"), writeSettings(firstSettings(name)), WHAT);
    await removeTree(dir); // empty
    await Deno.rename(begun, dir);
    await syncFolder(dirname(dir));
  } catch (cause) {
    if (cause instanceof EssaimError) throw cause;
    throw new EssaimError("unwritable", `Cannot store ${WHAT} in ${dir}. Check permissions and free space.`, { cause });
  }
}

const firstSettings = (name: string): ClassSettings => ({ name, enrolment: "code", secret: classChance.newSecret() });
const writeSettings = (settings: ClassSettings) => `${JSON.stringify(settings, undefined, 2)}\n`;

function readSettings(json: string, path: string): ClassSettings {
  try {
    return settingsSchema.parse(JSON.parse(json));
  } catch (cause) {
    throw damaged(path, "is not the settings of a class (or delete it, for a new code)", cause);
  }
}

function damaged(path: string, what: string, cause?: unknown): EssaimError {
  return new EssaimError(
    "unreadable",
    `${path} ${what}. Put back a copy of it. Only to begin as a new class, which everybody must join again, move the ` +
      `whole class folder away.`,
    { cause },
  );
}

async function isEmpty(dir: string): Promise<boolean> {
  try {
    for await (const _ of Deno.readDir(dir)) return false;
    return true;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return true;
    throw new EssaimError("unreadable", `Cannot read the folder ${dir}. Check its permissions.`, { cause });
  }
}

async function removeTree(dir: string): Promise<void> {
  await Deno.remove(dir, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}
