/** Finds routes and islands and bundles the islands in memory. */
export { Builder, type BuildOptions } from "./src/builder.ts";
