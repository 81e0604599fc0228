import type { ComponentType } from "preact";
import { App } from "fresh";
import { applySnapshot } from "../../lib/fresh/src/app.ts";
import { type RouteModule, SPECIAL } from "../../lib/fresh/src/fs_routes.ts";
import type { Snapshot } from "../../lib/fresh/src/snapshot.ts";

export type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** Asks an application as a browser would, at http://localhost. */
export function asking(app: App<unknown>): Ask {
  const handler = app.handler();
  return (path, init) => handler(new Request(`http://localhost${path}`, init));
}

/** What the `Builder` would give for these files, by path without extension, and these islands. */
export function snapshotOf(
  files: Record<string, RouteModule>,
  islands: Record<string, ComponentType<never>> = {},
  staticDir = "/nowhere",
): Snapshot {
  return {
    root: "/",
    staticDir,
    clientScript: "/_fresh/js/1/client.js",
    scripts: new Map(),
    islands: new Map(
      Object.entries(islands).map(([name, component]) => [
        component as ComponentType,
        { name, exportName: "default", script: `/_fresh/js/1/${name}.js` },
      ]),
    ),
    files: Object.entries(files).map(([path, module]) =>
      SPECIAL.test(path)
        ? { kind: "special", path, module }
        : { kind: "page", path, load: () => Promise.resolve(module) }
    ),
  };
}

/** An application of file routes. */
export function siteOf(...args: Parameters<typeof snapshotOf>): Ask {
  const app = new App().fsRoutes();
  applySnapshot(app, snapshotOf(...args));
  return asking(app);
}

/** The body of a page without the scripts and the comments around islands. */
export async function bodyOf(response: Promise<Response>): Promise<string> {
  const html = await (await response).text();
  const [, body = ""] = /<body[^>]*>(.*)<\/body>/s.exec(html) ?? [];
  return body.replace(/<script.*?<\/script>|<!--.*?-->/gs, "");
}
