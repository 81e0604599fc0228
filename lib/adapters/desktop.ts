import { dirname } from "node:path";
import { EssaimError } from "../core/errors.ts";
import { printable } from "../core/safe_path.ts";
import type { Desktop } from "../disk_ports.ts";

/** A program that opens folders or pages and still runs after this has done so. */
const OPENS_WITHIN_MS = 3_000;

export interface System {
  readonly os: typeof Deno.build.os;
  /** Whether there is a screen to show something on. */
  readonly hasScreen: boolean;
  /** Its exit code; undefined while it still runs after a moment. Rejects with NotFound when there is no such program. */
  run(program: string, args: readonly string[]): Promise<number | undefined>;
}

export function desktop(system: System = thisSystem()): Desktop {
  return {
    async reveal(path, what) {
      const { program, args } = opener(system.os, path, what);
      try {
        if (!system.hasScreen) throw noDesktop(path);
        const code = await system.run(program, args);
        if (code !== undefined && code !== 0 && system.os !== "windows") throw noDesktop(path); // explorer always fails
      } catch (error) {
        if (error instanceof EssaimError) throw error;
        throw noDesktop(path, error);
      }
    },
    async read(path) {
      let file: Deno.FsFile;
      try {
        file = await Deno.open(path);
      } catch (cause) {
        if (cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory) return undefined;
        const why = (cause as Error).message;
        throw new EssaimError("unreadable", `Cannot read ${printable(path)}: ${why}.`, { cause });
      }
      const { isFile, size } = await file.stat();
      if (isFile) return { size, body: file.readable };
      file.close();
      return undefined;
    },
  };
}

/** Opens an address in the browser; false where there is no screen, or nothing that can. */
export async function browse(url: string, system: System = thisSystem()): Promise<boolean> {
  if (!system.hasScreen) return false;
  const { program, args } = browser(system.os, url);
  try {
    return (await system.run(program, args) ?? 0) === 0;
  } catch {
    return false;
  }
}

function browser(os: System["os"], url: string): { program: string; args: string[] } {
  switch (os) {
    case "darwin":
      return { program: "open", args: [url] };
    case "windows":
      return { program: "rundll32", args: ["url.dll,FileProtocolHandler", url] };
    default:
      return { program: "xdg-open", args: [url] };
  }
}

function opener(os: System["os"], path: string, what: "folder" | "item"): { program: string; args: string[] } {
  switch (os) {
    case "darwin":
      return { program: "open", args: what === "item" ? ["-R", path] : [path] };
    case "windows":
      return { program: "explorer", args: [what === "item" ? `/select,${path.replaceAll("/", "\\")}` : path] };
    default:
      return { program: "xdg-open", args: [what === "item" ? dirname(path) : path] };
  }
}

function thisSystem(): System {
  const { os } = Deno.build;
  return {
    os,
    hasScreen: os === "darwin" || os === "windows" || ["DISPLAY", "WAYLAND_DISPLAY"].some((name) => Deno.env.get(name)),
    async run(program, args) {
      const child = new Deno.Command(program, { args: [...args], stdin: "null", stdout: "null", stderr: "null" })
        .spawn();
      child.unref();
      const { promise: late, resolve } = Promise.withResolvers<undefined>();
      const timer = setTimeout(() => resolve(undefined), OPENS_WITHIN_MS);
      const code = await Promise.race([child.status.then(({ code }) => code), late]);
      clearTimeout(timer);
      return code;
    },
  };
}

function noDesktop(path: string, cause?: unknown): EssaimError {
  return new EssaimError("no-desktop", `No program here can show folders. It is in ${printable(path)}.`, {
    cause,
    details: { path },
  });
}
