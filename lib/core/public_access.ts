/** Who may use what a program shows to its whole network. Nothing there is secret, but no foreign web page gets in. */

export interface PublicRequest {
  /** Of the Host header; the listener refuses requests whose line names another. */
  readonly host: string;
  /** As sent; null where absent. */
  readonly origin: string | null;
}

export type PublicAccess =
  | { readonly allow: true }
  | { readonly allow: false; readonly status: 403 | 421; readonly why: string };

/** Names that only a local network gives. */
const LOCAL_ENDINGS = [
  "local",
  "localhost",
  "lan",
  "home",
  "home.arpa",
  "internal",
  "intranet",
  "localdomain",
  "fritz.box",
];
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/**
 * A site of the internet that lets its own name lead here would count as this very page, so names of the internet are
 * refused unless `publicUrl` says that one of them is ours. A page of another origin is refused whatever it asks: browsers
 * would let it open WebSockets and send forms. Programs send no Origin.
 */
export function publicAccess({ host, origin }: PublicRequest, publicUrl: string): PublicAccess {
  const ours = publicUrl === "" ? null : URL.parse(publicUrl);
  const name = URL.parse(`http://${host}`)?.hostname;
  if (name === undefined || (!isLocalName(name) && name !== ours?.hostname)) {
    const why =
      "This name is not known here. Use the address in numbers; a tracker can be told its name in tracker.public_url.";
    return { allow: false, status: 421, why };
  }
  if (origin === null || origin === ours?.origin || [`http://${host}`, `https://${host}`].includes(origin)) {
    return { allow: true };
  }
  return { allow: false, status: 403, why: "Another site asks. Only Essaim's own pages may." };
}

function isLocalName(name: string): boolean {
  const bare = name.replace(/\.$/, "");
  return IPV4.test(bare) || name.startsWith("[") || !bare.includes(".") ||
    LOCAL_ENDINGS.some((ending) => bare.endsWith(`.${ending}`));
}

/** The address on this site that `path` means, without its origin; "/" for what leads elsewhere. */
export function localPath(path: string): string {
  const here = "http://here.invalid";
  const url = /^\/(?![/\\])/.test(path) ? URL.parse(path, here) : null;
  return url?.origin === here ? url.pathname.replace(/^\/+/, "/") + url.search : "/";
}
