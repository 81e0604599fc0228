import { networkAddress, type NetworkQuery } from "../../lib/core/network_query.ts";

/** Address of the tracker's page that shows this search, after a cursor if one is given. */
export function searchAddress(query: NetworkQuery, cursor?: string): string {
  const parameters = new URLSearchParams(networkAddress(query).split("?")[1] ?? "");
  if (cursor !== undefined) parameters.set("cursor", cursor);
  return parameters.size === 0 ? "/search" : `/search?${parameters}`;
}
