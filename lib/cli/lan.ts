const MOST = 5;

/** IPv4 addresses by which other computers reach this one; a tunnel or container bridge may be among them. */
export function lanAddresses(): string[] {
  try {
    return Deno.networkInterfaces()
      .filter(({ family, address }) => family === "IPv4" && !address.startsWith("127."))
      .map(({ address }) => address).slice(0, MOST);
  } catch {
    return []; // not allowed, or not known here
  }
}

/** Where others reach something that listens on `host`. */
export function reachableUrls(host: string, port: number): string[] {
  if (host === "0.0.0.0" || host === "::") return lanAddresses().map((address) => `http://${address}:${port}`);
  if (host === "::1" || host === "localhost" || host.startsWith("127.")) return [];
  return [`http://${host.includes(":") ? `[${host}]` : host}:${port}`];
}
