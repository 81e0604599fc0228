import { X509Certificate } from "node:crypto";
import { connect, type TLSSocket } from "node:tls";
import { EssaimError } from "../core/errors.ts";
import { type Carrier, type Endpoint, Http1Connection } from "./http1_connection.ts";
import { SocketReader } from "./socket_reader.ts";
import { TcpDuplex } from "./tcp_duplex.ts";

/** To connect, shake hands and check the certificate. */
const CONNECT_WITHIN_MS = 5_000;

/** As PEM. `ca`: the class authority's certificate; the other two are missing until one has joined. */
export interface ClientCredentials {
  readonly ca: string;
  readonly key?: string;
  readonly cert?: string;
}

export interface MemberEndpoint extends Endpoint {
  readonly serverName: string;
}

/**
 * HTTP/1.1 over TLS 1.3 with a server to which the class authority, and nobody else, issued a certificate for its name
 * that is valid now. Throws `unreachable`, whatever the reason.
 */
export async function connectMember(
  at: MemberEndpoint,
  credentials: ClientCredentials,
  signal: AbortSignal,
): Promise<Http1Connection> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_WITHIN_MS)]);
  try {
    const wire = await TcpDuplex.connect(at.host.replace(/^\[(.*)\]$/, "$1"), at.port, within);
    const [socket, certificate] = await secured(wire, at.serverName, credentials, within);
    return new Http1Connection(at, new TlsCarrier(socket, wire), () => isValid(certificate));
  } catch (cause) {
    signal.throwIfAborted();
    throw new EssaimError("unreachable", `Cannot reach ${at.serverName} at ${at.host}:${at.port}.`, { cause });
  }
}

class TlsCarrier implements Carrier {
  readonly reader: SocketReader;
  readonly closed: Promise<void>;

  constructor(readonly socket: TLSSocket, wire: TcpDuplex) {
    this.reader = new SocketReader(socket, wire);
    this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
  }

  send(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  /** It always does. */
  rest(): void {}

  destroy(): void {
    this.socket.destroy();
  }
}

async function secured(
  wire: TcpDuplex,
  serverName: string,
  credentials: ClientCredentials,
  signal: AbortSignal,
): Promise<[TLSSocket, X509Certificate]> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => {});
  const socket = connect({ ...credentials, socket: wire, servername: serverName, minVersion: "TLSv1.3" }, resolve);
  const stop = () => reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  wire.once("close", () => reject(new Error("It hung up.")));
  socket.on("error", reject);
  socket.once("close", () => wire.destroy());
  try {
    signal.throwIfAborted();
    await promise;
    if (!socket.authorized || socket.getProtocol() !== "TLSv1.3") throw new Error("Its certificate was not accepted.");
    const certificate = new X509Certificate(socket.getPeerCertificate(true).raw);
    if (!isFor(serverName, certificate, credentials.ca)) throw new Error("Its certificate is not for that name.");
    return [socket, certificate];
  } catch (error) {
    socket.destroy();
    wire.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Not left to the handshake, which may also trust authorities of this computer, and what a resumed session once showed. */
function isFor(serverName: string, certificate: X509Certificate, ca: string): boolean {
  return certificate.verify(new X509Certificate(ca).publicKey) && certificate.checkHost(serverName) === serverName &&
    isValid(certificate);
}

function isValid({ validFromDate, validToDate }: X509Certificate): boolean {
  const now = Date.now();
  return validFromDate.getTime() <= now && now <= validToDate.getTime();
}
