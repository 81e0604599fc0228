/** "1 file", "0 files": an amount with its noun, in the command line's English. */
export function amount(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
