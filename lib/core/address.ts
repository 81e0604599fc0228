/** How someone reached the tracker. Neither part is trusted with more than where to connect. */
export interface Origin {
  /** Source address of the connection, without port. */
  readonly address: string;
  /** The request's Host, perhaps with a port; undefined when there was none. */
  readonly host: string | undefined;
}

/**
 * Where `asker` can reach the peer whose announce came from `peer`: the source of that announce; if it is loopback (the
 * peer runs beside the tracker), the Host by which the asker reached the tracker. Loopback addresses go only to loopback
 * askers. Undefined: nowhere, so the peer is left out of the answer.
 */
export function reachableAt(peer: Pick<Origin, "address">, asker: Origin): string | undefined {
  const source = canonicalHost(peer.address);
  if (source === undefined) return undefined;
  if (!isLoopback(source)) return source;
  const from = canonicalHost(asker.address);
  // Peers listen on 0.0.0.0, so beside an IPv6 loopback source there is an IPv4 listener.
  if (from !== undefined && isLoopback(from)) return source.startsWith("127.") ? source : "127.0.0.1";
  const host = asker.host === undefined ? undefined : hostOf(asker.host);
  return host === undefined || isLoopback(host) ? undefined : host;
}

/**
 * The address of a web server as other computers reach it: one of loopback means this computer, whose own addresses on
 * the network are `own`, best first. Undefined: there is none.
 */
export function reachableByOthers(url: string, own: readonly string[]): string | undefined {
  const parsed = URL.parse(url);
  if (parsed === null) return undefined;
  if (!isLoopback(parsed.hostname)) return url;
  const [address] = own;
  if (address === undefined) return undefined;
  parsed.hostname = address;
  return withoutSlash(parsed.href);
}

/** Whether an address or name, canonical or not, means the machine itself. */
export function isLoopback(host: string): boolean {
  const name = canonicalHost(host) ?? host;
  return /^127\./.test(name) || name === "::1" || name === "0.0.0.0" || name === "::" ||
    /(^|\.)localhost\.?$/.test(name);
}

/** The host of a Host header, canonical, without port; undefined when it is malformed. */
function hostOf(header: string): string | undefined {
  if (!/^(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(:\d{0,5})?$/.test(header)) return undefined;
  return canonicalHost(header.replace(/:\d{0,5}$/, ""));
}

/**
 * One spelling for each address: "::ffff:7f00:1" and "0x7f.1" are 127.0.0.1, zones and brackets are dropped, names are
 * lower case. Undefined for what is neither an address nor a name.
 */
export function canonicalHost(text: string): string | undefined {
  const bare = text.replace(/^\[(.*)\]$/, "$1").replace(/%.*$/, "");
  if (bare.length > 255 || !/^[\w.:-]+$/.test(bare)) return undefined;
  const url = bare.includes(":") ? `http://[${bare}]/` : `http://${bare}/`;
  if (!URL.canParse(url)) return undefined;
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, "$1");
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host);
  if (!mapped) return host === "" ? undefined : host;
  const [high, low] = [parseInt(mapped[1]!, 16), parseInt(mapped[2]!, 16)];
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
}

export function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
