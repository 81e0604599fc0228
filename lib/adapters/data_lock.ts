import { join } from "node:path";
import { EssaimError } from "../core/errors.ts";
import { removeIfThere } from "./files.ts";

/** What `DATA/run.json` tells the command line and other programs about the process that runs there. */
export interface RunInfo {
  readonly pid: number;
  readonly uiPort?: number;
  readonly port?: number;
  readonly memberPort?: number;
  readonly udpPort?: number;
  /** ISO 8601. */
  readonly startedAt: string;
}

export interface DataLock extends AsyncDisposable {
  /** Writes `run.json`, whole or not at all. */
  publish(info: RunInfo): Promise<void>;
  /** Removes `run.json`, then lets another process in. */
  release(): Promise<void>;
}

/**
 * Makes `dir` this process's own until `release`. The system drops the lock when the process ends, however it ends, so
 * nothing is left to clean up after kill -9. Throws `already-running` when another process has it, `unwritable`.
 */
export async function lockData(dir: string): Promise<DataLock> {
  const runPath = join(dir, "run.json");
  const file = await openLockFile(dir);
  if (!await file.tryLock(true)) {
    file.close();
    const pid = await runningPid(runPath);
    throw new EssaimError(
      "already-running",
      `Essaim already runs with the data folder ${dir}${pid === undefined ? "" : ` (process ${pid})`}. ` +
        "Stop it first, or choose another folder with --data.",
    );
  }
  await removeIfThere(runPath); // left by a process that was killed
  let released = false;
  const release = async () => {
    if (released) return;
    released = true;
    await removeIfThere(runPath);
    file.close();
  };
  return {
    async publish(info) {
      const temporary = `${runPath}.new`;
      await Deno.writeTextFile(temporary, JSON.stringify(info) + "\n");
      await Deno.rename(temporary, runPath);
    },
    release,
    [Symbol.asyncDispose]: release,
  };
}

/** The lock file stays when the process ends: removing it would let two processes lock two files of that name. */
async function openLockFile(dir: string): Promise<Deno.FsFile> {
  try {
    await Deno.mkdir(dir, { recursive: true, mode: 0o700 }); // names of private files are nobody else's
    return await Deno.open(join(dir, "lock"), { read: true, write: true, create: true });
  } catch (cause) {
    if (cause instanceof Deno.errors.NotADirectory || cause instanceof Deno.errors.AlreadyExists) {
      const message =
        `${dir} cannot be the data folder: it is a file, or lies in one. Choose another folder with --data.`;
      throw new EssaimError("unwritable", message, { cause });
    }
    const advice = "Check its permissions and those of the folder it is in, or choose another folder with --data.";
    throw new EssaimError("unwritable", `Cannot write in the data folder ${dir}. ${advice}`, { cause });
  }
}

async function runningPid(runPath: string): Promise<number | undefined> {
  try {
    const { pid } = JSON.parse(await Deno.readTextFile(runPath));
    return Number.isInteger(pid) ? pid : undefined;
  } catch {
    return undefined; // still starting, or damaged: the message then does without
  }
}
