/** What pages and islands share; runs on the server and in the browser. */
export { asset } from "./src/asset.ts";
export { Head, type HeadProps } from "./src/head.ts";
export { HttpError } from "./src/http_error.ts";
export { IS_BROWSER } from "./src/is_browser.ts";
