import { Buffer } from "node:buffer";
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { EssaimError } from "../core/errors.ts";
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, passwordFault } from "../core/teacher_access.ts";
import { removeIfThere, syncFolder, writeAll } from "./files.ts";

/** Cost of scrypt for new passwords: 32 MiB, as OWASP's Password Storage Cheat Sheet has it. */
const COST = { N: 2 ** 15, r: 8, p: 3 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Beyond what scrypt needs for the highest cost that is read. */
const MAX_MEMORY = 160 * 1024 * 1024;
const MAX_FILE_BYTES = 1024;
const OTHERS_MAY = 0o077;

const base64 = z.string().regex(/^[A-Za-z0-9+/]{16,128}={0,2}$/);
/** Costs are stored, so that later ones may differ, and bounded, so that no file makes the tracker work for minutes. */
const storedSchema = z.object({
  algorithm: z.literal("scrypt"),
  N: z.number().int().min(2 ** 14).max(2 ** 17).refine((n) => Number.isInteger(Math.log2(n))),
  r: z.literal(8),
  p: z.number().int().min(1).max(8),
  salt: base64,
  hash: base64,
});
type Stored = z.infer<typeof storedSchema>;

/**
 * The password of the teacher's pages, hashed in `FOLDER/admin.json` (mode 0600). The file is read each time: another
 * process may have changed it. `folder`: `DATA/class`, where the tracker has made a class (else `set` throws `not-found`).
 * Throws `unreadable` where the file is not one of ours.
 */
export class AdminPassword {
  readonly #path: string;

  constructor(readonly folder: string) {
    this.#path = join(folder, "admin.json");
  }

  mark(): string | undefined {
    try {
      const { ino, mtime, size } = Deno.statSync(this.#path);
      return `${ino} ${mtime?.getTime()} ${size}`;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw this.#unreadable(error);
    }
  }

  async matches(password: string): Promise<boolean> {
    const stored = await this.#read();
    if (stored === undefined || [...password].length > MAX_PASSWORD_LENGTH) return false;
    const expected = Buffer.from(stored.hash, "base64");
    const shown = await hashOf(password, Buffer.from(stored.salt, "base64"), stored, expected.length);
    return timingSafeEqual(shown, expected);
  }

  async set(password: string): Promise<void> {
    const fault = passwordFault(password);
    if (fault !== undefined) {
      const bound = fault === "too-short" ? `at least ${MIN_PASSWORD_LENGTH}` : `at most ${MAX_PASSWORD_LENGTH}`;
      throw new EssaimError("bad-input", `The password must have ${bound} characters.`);
    }
    const salt = randomBytes(SALT_BYTES);
    const hash = await hashOf(password, salt, COST, HASH_BYTES);
    const stored: Stored = {
      algorithm: "scrypt",
      ...COST,
      salt: salt.toString("base64"),
      hash: hash.toString("base64"),
    };
    const temporary = `${this.#path}.${randomBytes(4).toString("hex")}.new`;
    try {
      {
        using file = await Deno.open(temporary, { write: true, createNew: true, mode: 0o600 });
        await writeAll(file, new TextEncoder().encode(`${JSON.stringify(stored)}\n`));
        await file.sync();
      }
      await Deno.rename(temporary, this.#path);
      await syncFolder(this.folder);
    } catch (cause) {
      await removeIfThere(temporary).catch(() => {});
      if (cause instanceof Deno.errors.NotFound) throw this.#noClass();
      throw new EssaimError("unwritable", `Cannot store the password in ${this.#path}. Check permissions and space.`, {
        cause,
      });
    }
  }

  async #read(): Promise<Stored | undefined> {
    try {
      const { size, mode } = await Deno.stat(this.#path);
      if (size > MAX_FILE_BYTES) throw new Error("too long");
      if (Deno.build.os !== "windows" && mode !== null && (mode & OTHERS_MAY) !== 0) throw this.#tooOpen();
      return storedSchema.parse(JSON.parse(await Deno.readTextFile(this.#path)));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error instanceof EssaimError ? error : this.#unreadable(error);
    }
  }

  #noClass(): EssaimError {
    return new EssaimError(
      "not-found",
      `There is no class in ${this.folder} yet. Start the tracker there once, then set the password.`,
    );
  }

  #tooOpen(): EssaimError {
    return new EssaimError(
      "unreadable",
      `Others on this computer may read ${this.#path}, which holds the teacher's password as a hash. Run: ` +
        `chmod 600 '${this.#path}'`,
    );
  }

  #unreadable(cause: unknown): EssaimError {
    return new EssaimError(
      "unreadable",
      `Cannot read the teacher's password from ${this.#path}. Delete that file and set the password again.`,
      { cause },
    );
  }
}

function hashOf(
  password: string,
  salt: Uint8Array,
  { N, r, p }: Pick<Stored, "N" | "r" | "p">,
  length: number,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The same letters may be typed in several ways; NFKC makes them one.
    scrypt(password.normalize("NFKC"), salt, length, { N, r, p, maxmem: MAX_MEMORY }, (error, hash) => {
      if (error) reject(error);
      else resolve(hash);
    });
  });
}
