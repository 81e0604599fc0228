import { lanAddressesOf } from "../core/lan_addresses.ts";

/** IPv4 addresses by which other computers reach this one, the likeliest first. */
export function lanAddresses(): string[] {
  try {
    return lanAddressesOf(Deno.networkInterfaces());
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
