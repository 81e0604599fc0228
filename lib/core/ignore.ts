/** Whether a name matches one of the patterns: `*` stands for any characters, `?` for one; case does not matter. */
export function ignoredNames(patterns: readonly string[]): (name: string) => boolean {
  if (patterns.length === 0) return () => false;
  const exact = patterns.map((pattern) =>
    pattern.split(/(\*+|\?)/).map((part) => part === "?" ? "[^]" : part.startsWith("*") ? "[^]*?" : RegExp.escape(part))
      .join("")
  );
  const any = new RegExp(`^(?:${exact.join("|")})$`, "iu");
  return (name) => any.test(name);
}
