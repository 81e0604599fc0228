/** Folders that go when the tests of a file have ended. */
const made: string[] = [];
Deno.test.afterAll(async () => {
  await Promise.all(made.splice(0).map((path) => Deno.remove(path, { recursive: true }).catch(() => {})));
});

export async function tempDir(): Promise<string> {
  const path = await Deno.makeTempDir({ prefix: "essaim-test-" });
  made.push(path);
  return path;
}
