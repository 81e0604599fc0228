/** What pages and islands share; runs on the server and in the browser. */
export { asset, IS_BROWSER } from "./src/asset.ts";
export { Head, type HeadProps } from "./src/head.ts";
export { HttpError } from "./src/http_error.ts";
