/** An IPv4 address of one network card, with its network. */
export interface CardNetwork {
  readonly address: string;
  readonly netmask: string;
}

/** An address in the four numbers; undefined for anything else. */
function numberOf(address: string): number | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) return undefined;
  const parts = address.split(".").map(Number);
  return parts.some((part) => part > 255) ? undefined : parts.reduce((sum, part) => sum * 256 + part, 0);
}

function boundsOf({ address, netmask }: CardNetwork): { first: number; last: number } | undefined {
  const [own, mask] = [numberOf(address), numberOf(netmask)];
  if (own === undefined || mask === undefined) return undefined;
  const size = 2 ** 32 - mask;
  const first = own - own % size;
  return { first, last: first + size - 1 };
}

/** Where everybody on the network of this card is reached; undefined where there is no such address. */
export function broadcastOf(card: CardNetwork): string | undefined {
  const bounds = boundsOf(card);
  if (bounds === undefined || bounds.last - bounds.first < 3) return undefined;
  return [24, 16, 8, 0].map((shift) => Math.floor(bounds.last / 2 ** shift) % 256).join(".");
}

/** Whether it is the address of a computer on the network of this card, which is reached without a router. */
export function isOnNetwork(address: string, card: CardNetwork): boolean {
  const bounds = boundsOf(card);
  const number = numberOf(address);
  return bounds !== undefined && number !== undefined && number > bounds.first && number < bounds.last;
}
