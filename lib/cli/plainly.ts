/** A message without what Deno says about its own permissions, which is for programmers. */
export function plainly(message: string): string {
  return message.replace(
    /Requires \w+ access to (.+?), run again with the --allow-[\w-]+ flag/g,
    (_, what: string) => `Essaim may not use ${what}`,
  );
}
