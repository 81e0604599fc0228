import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { EssaimError } from "../core/errors.ts";
import { declaresBody, sendResponse, toRequest, wholeBody } from "./http_exchange.ts";
import {
  type ConnectionCaps,
  type Connections,
  descriptorLimit,
  guardConnections,
  remoteAddressOf,
} from "./http_guard.ts";
import type { LongBodies } from "./long_bodies.ts";

export interface RequestInfo {
  /** IP address of the client, IPv4 without its `::ffff:` prefix. */
  remoteAddress: string;
  /** Aborted when the client goes away before the response is sent. */
  signal: AbortSignal;
}

/** `incoming` is there for what a Request cannot say, such as the client's certificate. */
export type Handler = (
  request: Request,
  info: RequestInfo,
  incoming: IncomingMessage,
) => Promise<Response> | Response;

/** Takes over the connection of an upgrade request; `incoming`, `socket` and `head` are what `ws.handleUpgrade` takes. */
export type UpgradeHandler = (request: Request, socket: Duplex, head: Uint8Array, incoming: IncomingMessage) => void;

export interface ListenerLimits extends ConnectionCaps {
  /** To receive a request line and its headers, counted from the connection for the first one. */
  headersTimeoutMs: number;
  /** To receive a whole request, body included. */
  requestTimeoutMs: number;
  /** Between two requests of one connection. */
  idleTimeoutMs: number;
  /** For the client to accept the next slice (256 KiB at most) of a response. The system's buffers drain in jumps. */
  sendTimeoutMs: number;
  /** The same, while half of the connections are taken, in all or by its address, or upload slots are missing. */
  hurriedSendTimeoutMs: number;
  maxHeaderBytes: number;
}

/**
 * Under these, an address that fills its share with stalled connections can be served again within 10 s. A peer of the
 * class opens at most 4 connections to another; `maxFromLoopback` leaves 6 to each of 10 peers of one machine.
 */
export const DEFAULT_LIMITS: ListenerLimits = {
  maxConnections: 192,
  maxPerAddress: 32,
  maxFromLoopback: 64,
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 8_000,
  idleTimeoutMs: 8_000,
  sendTimeoutMs: 60_000,
  hurriedSendTimeoutMs: 8_000,
  maxHeaderBytes: 16 * 1024,
};

const TIMEOUTS_CHECKED_EVERY_MS = 500;
const DEFAULT_GRACE_MS = 1_000;

export interface ListenOptions {
  hostname: string;
  /** Tried in order; 0 stands for any free port. */
  ports: Iterable<number>;
  handler: Handler;
  /** Without it, an upgrade request is an ordinary request. */
  upgrade?: UpgradeHandler;
  limits?: Partial<ListenerLimits>;
  /** Connections from this machine escape every cap, so that a self-probe gets in. */
  exemptLoopback?: boolean;
  /** Asked before anything is answered; a connection that may not have an answer is destroyed without one byte. */
  admits?: Admits;
  /**
   * The most bytes of a body, which is then read whole before the handler is called. For TLS, where nothing slows down
   * who sends (Deno 2.9 goes on reading what nobody asks for).
   */
  maxBodyBytes?(socket: Socket): number;
  /** Only so many long bodies at a time; the others are told to come again. */
  longBodies?: LongBodies;
}

/** It resolves when who is at the other end has been found out. */
type Admits = (socket: Socket) => boolean | Promise<boolean>;

export interface HttpListener extends AsyncDisposable {
  readonly hostname: string;
  readonly port: number;
  /** Open connections, upgraded ones included. */
  readonly connections: number;
  /** Stops accepting, lets running requests finish for `graceMs` (1 s), then destroys every connection. */
  close(graceMs?: number): Promise<void>;
}

/** Plain HTTP that slow or greedy clients cannot stop. Throws `port-taken` when no port is free. */
export function listenHttp(options: ListenOptions): Promise<HttpListener> {
  return listenWith(createServer, options);
}

/** The same promises on any server of the node:http family; node:https passes its own `makeServer`. */
export async function listenWith(
  makeServer: (options: ServerOptions, listener: RequestListener) => Server,
  options: ListenOptions,
): Promise<HttpListener> {
  const limits = effectiveLimits(options.limits);
  const refused: number[] = [];
  for (const port of options.ports) {
    const server: Server = makeServer({
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.idleTimeoutMs,
      connectionsCheckingInterval: TIMEOUTS_CHECKED_EVERY_MS,
      maxHeaderSize: limits.maxHeaderBytes,
      requireHostHeader: false, // toRequest refuses it, as a problem like any other
    }, (incoming, outgoing) => answer(incoming, outgoing));
    const connections = guardConnections(server, limits, options.exemptLoopback ?? false);
    const admits = options.admits ?? (() => true);
    const answer = exchanges({
      ...options,
      ...{ connections, limits, admits },
      isClosing: () => !server.listening,
    });
    server.on("checkContinue", (incoming, outgoing) => answer(incoming, outgoing, true));
    server.on("checkExpectation", answer);
    server.on("clientError", refuseBroken(admits));
    if (options.upgrade) server.on("upgrade", upgrades(options.upgrade, admits, connections));
    if (await bind(server, port, options.hostname)) return listenerOf(server, options.hostname, connections);
    refused.push(port);
  }
  const [taken, todo] = refused.length === 1
    ? [`port ${refused[0]} is`, "Close the program that uses it, or set another port."]
    : [`the ports ${ranges(refused)} are all`, "Close a program that uses one of them, or set other ports."];
  throw new EssaimError(
    "port-taken",
    `Cannot listen on ${options.hostname}: ${taken} already in use or reserved by the system. ${todo}`,
  );
}

/** "5001-5100, 8001". */
function ranges(ports: readonly number[]): string {
  const found: [first: number, last: number][] = [];
  for (const port of ports) {
    const last = found.at(-1);
    if (last?.[1] === port - 1) last[1] = port;
    else found.push([port, port]);
  }
  return found.map(([first, last]) => first === last ? `${first}` : `${first}-${last}`).join(", ");
}

/** Plain and TLS; half of the descriptors are left to files, outgoing connections and connections about to be refused. */
const LISTENERS = 2;

function effectiveLimits(limits: Partial<ListenerLimits> = {}): ListenerLimits {
  const asked = { ...DEFAULT_LIMITS, ...limits };
  const fair = Math.floor(descriptorLimit() / 2 / LISTENERS);
  return { ...asked, maxConnections: Math.min(asked.maxConnections, fair) };
}

async function bind(server: Server, port: number, hostname: string): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, hostname, resolve);
  try {
    await promise;
    server.off("error", reject);
    server.on("error", () => {}); // a failed accept concerns one connection, never the process
    return true;
  } catch (error) {
    server.close();
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE" || code === "EACCES") return false;
    throw new EssaimError(
      "bad-config",
      `Cannot listen on ${hostname} port ${port}: ${(error as Error).message}. Check the address to listen on.`,
      { cause: error },
    );
  }
}

function listenerOf(server: Server, hostname: string, connections: Connections): HttpListener {
  const { port } = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  const shut = async (graceMs: number) => {
    const done = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const timer = setTimeout(() => connections.destroyAll(), graceMs);
    await done;
    clearTimeout(timer);
  };
  const close = (graceMs = DEFAULT_GRACE_MS) => closed ??= shut(graceMs);
  return {
    hostname,
    port,
    close,
    get connections() {
      return connections.size;
    },
    [Symbol.asyncDispose]: () => close(),
  };
}

interface Exchanging {
  readonly handler: Handler;
  readonly limits: ListenerLimits;
  readonly connections: Connections;
  readonly admits: Admits;
  maxBodyBytes?(socket: Socket): number;
  readonly longBodies?: LongBodies | undefined;
  isClosing(): boolean;
}

function exchanges(exchanging: Exchanging) {
  const { limits, connections, admits } = exchanging;
  const busy = new WeakSet<Socket>();
  return async (incoming: IncomingMessage, outgoing: ServerResponse, waitsForContinue = false): Promise<void> => {
    const { socket } = incoming;
    if (busy.has(socket)) {
      socket.destroy(); // pipelined requests would each hold a response in memory; no client of ours sends them
      return;
    }
    busy.add(socket);
    if (declaresBody(incoming)) incoming.once("end", () => connections.note(socket, true));
    else connections.note(socket, true);
    const abort = new AbortController();
    outgoing.once("close", () => {
      if (!outgoing.writableFinished) abort.abort();
    });
    if (!await admits(socket)) {
      socket.destroy();
      return;
    }
    if (waitsForContinue) outgoing.writeContinue();
    const address = remoteAddressOf(socket);
    const response = await answer(exchanging, incoming, address, abort.signal);
    const closeAfter = !incoming.complete || exchanging.isClosing();
    const onLastByte = () => busy.delete(socket);
    try {
      await sendResponse(outgoing, response, {
        headOnly: incoming.method === "HEAD",
        closeAfter,
        patience: {
          usualMs: limits.sendTimeoutMs,
          hurriedMs: limits.hurriedSendTimeoutMs,
          isHurried: () => connections.isCrowded(address),
        },
        signal: abort.signal,
        onLastByte,
      });
      connections.note(socket, false);
      if (closeAfter) socket.destroySoon();
    } catch {
      socket.destroy();
    }
  };
}

async function answer(
  exchanging: Exchanging,
  incoming: IncomingMessage,
  remoteAddress: string,
  signal: AbortSignal,
): Promise<Response> {
  if (!exchanging.longBodies) return await handled(exchanging, incoming, remoteAddress, signal);
  using place = exchanging.longBodies.take(incoming, remoteAddress);
  return place ? await handled(exchanging, incoming, remoteAddress, signal) : busy();
}

function busy(): Response {
  const response = problem(503, "busy", "Busy");
  response.headers.set("retry-after", "1");
  response.headers.set("essaim-retry-ms", "500");
  return response;
}

async function handled(
  { handler, maxBodyBytes }: Exchanging,
  incoming: IncomingMessage,
  remoteAddress: string,
  signal: AbortSignal,
): Promise<Response> {
  let body: Uint8Array<ArrayBuffer> | undefined;
  if (maxBodyBytes && declaresBody(incoming)) {
    const isExpected = incoming.method !== "GET" && incoming.method !== "HEAD";
    body = await wholeBody(incoming, isExpected ? maxBodyBytes(incoming.socket) : 0);
    if (body === undefined) return problem(413, "too-large", "Too large");
  }
  const request = toRequest(incoming, body);
  if (request === null) return problem(400, "bad-input", "Bad request");
  try {
    return await handler(request, { remoteAddress, signal }, incoming);
  } catch {
    return problem(500, "internal", "Internal error");
  }
}

function problem(status: number, code: string, title: string): Response {
  return Response.json({ type: "about:blank", title, status, code }, {
    status,
    headers: { "content-type": "application/problem+json" },
  });
}

function upgrades(upgrade: UpgradeHandler, admits: Admits, connections: Connections) {
  return async (incoming: IncomingMessage, socket: Duplex, head: Uint8Array) => {
    if (!await admits(incoming.socket)) {
      socket.destroy();
      return;
    }
    const request = toRequest(incoming);
    if (request === null) return refuse(socket, "400 Bad Request");
    try {
      connections.note(incoming.socket, true);
      upgrade(request, socket, head, incoming);
    } catch {
      socket.destroy();
    }
  };
}

const REFUSALS: Record<string, string> = {
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
};

function refuseBroken(admits: Admits) {
  return (error: NodeJS.ErrnoException, socket: Socket & { _httpMessage?: ServerResponse }): void => {
    // An answer in the middle of another would corrupt it.
    if (!socket.writable || socket._httpMessage || admits(socket) !== true) socket.destroy();
    else refuse(socket, REFUSALS[error.code ?? ""] ?? "400 Bad Request");
  };
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}
