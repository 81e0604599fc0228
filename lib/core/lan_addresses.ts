/** One address of one network card, as the system tells it. */
export interface CardAddress {
  /** Of the card: "eth0", "Wi-Fi", "docker0". */
  readonly name: string;
  readonly family: "IPv4" | "IPv6";
  readonly address: string;
}

/** Bridges of containers and virtual machines, and tunnels: other computers of the room are hardly behind them. */
const HARDLY_A_LAN =
  /^(?:docker|br-|veth|virbr|vmnet|vboxnet|vEthernet|lxc|lxd|cni|podman|tun|tap|wg|utun|zt|tailscale)/i;
const MOST = 5;

/** IPv4 addresses by which others may reach this computer, the likeliest first. */
export function lanAddressesOf(cards: readonly CardAddress[]): string[] {
  const doubt = ({ name, address }: CardAddress) =>
    (HARDLY_A_LAN.test(name) ? 1 : 0) + (address.startsWith("169.254.") ? 2 : 0);
  return cards.filter(({ family, address }) => family === "IPv4" && !address.startsWith("127."))
    .toSorted((a, b) => doubt(a) - doubt(b))
    .slice(0, MOST)
    .map(({ address }) => address);
}
