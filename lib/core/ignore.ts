/** Whether a name matches one of the patterns, in which `*` stands for any characters; case does not matter. */
export function ignoredNames(patterns: readonly string[]): (name: string) => boolean {
  if (patterns.length === 0) return () => false;
  const exact = patterns.map((pattern) => pattern.split(/\*+/).map(RegExp.escape).join("[^]*?"));
  const any = new RegExp(`^(?:${exact.join("|")})$`, "iu");
  return (name) => any.test(name);
}
