/** Inodes are kept as whole numbers that any number type holds exactly; network disks and pools use all 64 bits. */
const EXACT = 2 ** 53;

/** The file's inode modulo 2⁵³, always the same for one file; 0 where the system has none. */
export function inodeOf({ ino }: Pick<Deno.FileInfo, "ino">): number {
  return Number(ino ?? 0) % EXACT;
}
