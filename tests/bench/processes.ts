/** What Linux says in /proc about a running process and everything it started: CPU time and memory. */

const TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux that Deno runs on
const RESET_PEAK = "5"; // proc(5), /proc/PID/clear_refs: set the peak to the present size

interface ProcessStat {
  readonly parent: number;
  readonly cpuSeconds: number;
}

/** Parses /proc/PID/stat. Fields are counted from the last ")" because a program's name may hold spaces. */
function parseStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [user, system, reapedUser, reapedSystem] = fields.slice(11, 15).map(Number);
  const ticks = (user ?? 0) + (system ?? 0) + (reapedUser ?? 0) + (reapedSystem ?? 0);
  return { parent: Number(fields[1]), cpuSeconds: ticks / TICKS_PER_SECOND };
}

function allStats(): Map<number, ProcessStat> {
  const stats = new Map<number, ProcessStat>();
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      stats.set(Number(name), parseStat(Deno.readTextFileSync(`/proc/${name}/stat`)));
    } catch {
      // it ended while the folder was being read
    }
  }
  return stats;
}

/** The process and its descendants that still live, parents before children. */
function family(root: number, stats: Map<number, ProcessStat>): number[] {
  const members = stats.has(root) ? [root] : [];
  for (const member of members) { // grows while it is walked
    for (const [pid, { parent }] of stats) if (parent === member) members.push(pid);
  }
  return members;
}

/** User and system time of the process and its descendants so far. */
export function cpuSeconds(root: number): number {
  const stats = allStats();
  return family(root, stats).reduce((sum, pid) => sum + (stats.get(pid)?.cpuSeconds ?? 0), 0);
}

function memoryBytes(root: number, field: "VmHWM" | "VmRSS"): number {
  let bytes = 0;
  for (const pid of family(root, allStats())) {
    const kib = Deno.readTextFileSync(`/proc/${pid}/status`).match(new RegExp(`^${field}:\\s+(\\d+) kB`, "m"))?.[1];
    bytes += Number(kib ?? 0) * 1024;
  }
  return bytes;
}

/** Largest resident memory since `resetPeak`, summed over the process and its descendants. */
export const peakBytes = (root: number): number => memoryBytes(root, "VmHWM");

/** Resident memory now, summed over the process and its descendants. */
export const residentBytes = (root: number): number => memoryBytes(root, "VmRSS");

/** Forgets earlier peaks. Where the system forbids it the peak since the start stays, which is never smaller. */
export function resetPeak(root: number): void {
  for (const pid of family(root, allStats())) {
    try {
      Deno.writeTextFileSync(`/proc/${pid}/clear_refs`, RESET_PEAK);
    } catch {
      // not allowed here
    }
  }
}

/** Signals the process and its descendants, nothing else. */
export function killFamily(root: number, signal: "SIGTERM" | "SIGKILL"): void {
  for (const pid of family(root, allStats())) {
    try {
      Deno.kill(pid, signal);
    } catch {
      // it ended by itself
    }
  }
}
