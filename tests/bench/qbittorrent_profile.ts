export interface Profile {
  readonly peerPort: number;
  /** Of its web interface, on loopback. */
  readonly uiPort: number;
  /** The network it uses, and its own address there. */
  readonly device: string;
  readonly address: string;
  /** How old what its API tells may be. */
  readonly refreshMs: number;
  /** Finds others by local peer discovery; else it knows nobody but whom it is told of. */
  readonly finds?: boolean;
  /** A command line that it runs each time a torrent is complete. */
  readonly whenComplete?: string;
}

/** Writes the settings of a qBittorrent that asks nobody anything and keeps no files apart until they are complete. */
export async function writeProfile(folder: string, profile: Profile): Promise<void> {
  const configDir = `${folder}/qBittorrent/config`;
  await Deno.mkdir(configDir, { recursive: true });
  await Deno.writeTextFile(`${configDir}/qBittorrent.conf`, configText(folder, profile));
}

function configText(profile: string, settings: Profile): string {
  const { peerPort, uiPort, device, address, refreshMs, finds = false, whenComplete } = settings;
  return String.raw`
[AutoRun]
enabled=${whenComplete !== undefined}
program=${whenComplete ?? ""}

[LegalNotice]
Accepted=true

[Network]
PortForwardingEnabled=false

[BitTorrent]
Session\AddExtensionToIncompleteFiles=false
Session\BTProtocol=TCP
Session\DHTEnabled=false
Session\DefaultSavePath=${profile}
Session\Encryption=2
Session\Interface=${device}
Session\InterfaceAddress=${address}
Session\InterfaceName=${device}
Session\LSDEnabled=${finds}
Session\MultiConnectionsPerIp=true
Session\PeXEnabled=false
Session\Port=${peerPort}
Session\Preallocation=false
Session\QueueingSystemEnabled=false
Session\RefreshInterval=${refreshMs}
Session\TempPathEnabled=false

[Preferences]
Connection\UPnP=false
WebUI\Address=127.0.0.1
WebUI\CSRFProtection=false
WebUI\LocalHostAuth=false
WebUI\Port=${uiPort}
WebUI\UseUPnP=false
`;
}
