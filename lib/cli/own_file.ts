/** Where the file lies that is the whole program, when it is one executable. */
export function ownFile(): string | undefined {
  // A file that extracts itself says where it is.
  return Deno.build.standalone ? Deno.execPath() : Deno.env.get("EXECUTABLE_OF_ESSAIM");
}
