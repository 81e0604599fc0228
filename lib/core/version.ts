/** As in deno.json. */
export const VERSION = "0.1.0";

/** How a program names itself to others. */
export const SOFTWARE = `essaim/${VERSION}`;
