import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import type { TransportsConfig } from '../config/swarm-section.ts'
import { reasonOf, RepoError, systemCode } from '../repo/repo-error.ts'
import { meets, type SocketAddress } from './socket-address.ts'

/** Addresses that can be listened on, and why the others cannot. */
export interface ListenChoice {
  readonly listen: readonly string[]
  readonly skipped: readonly { readonly address: string; readonly reason: string }[]
}

/** What follows the port in an address, and the transport that serves it. */
const KINDS: readonly { parts: string; served: keyof TransportsConfig; transport: 'tcp' | 'udp'; key: string }[] = [
  { parts: 'tcp', served: 'tcp', transport: 'tcp', key: 'TCP' },
  { parts: 'tcp/ws', served: 'websocket', transport: 'tcp', key: 'Websocket' },
  { parts: 'udp/quic-v1', served: 'quic', transport: 'udp', key: 'QUIC' },
  { parts: 'udp/webrtc-direct', served: 'webrtcDirect', transport: 'udp', key: 'WebRTCDirect' }
]

/**
 * Sorts out addresses that this peer cannot serve: transports that it does not have or that are switched off, and families or
 * interfaces that this machine does not have. They are skipped, for a config may be shared with a program that serves more. A
 * port that somebody else has is no such case: it throws `RepoError`, since this peer would be where nobody looks for it.
 */
export async function chooseListenAddresses(
  addresses: readonly string[],
  where: string,
  served: TransportsConfig
): Promise<ListenChoice> {
  const listen: string[] = []
  const skipped: { address: string; reason: string }[] = []
  const taken: SocketAddress[] = []
  for (const address of addresses) {
    const found = socketOf(address, served)
    const reason = typeof found === 'string' ? found : await whyNot(found, taken, where)
    if (reason !== undefined) {
      skipped.push({ address, reason })
      continue
    }
    listen.push(address)
    if (typeof found !== 'string') taken.push(found)
  }
  return { listen, skipped }
}

/** Throws `RepoError` where addresses were asked for and none of them can be listened on; none asked for is no fault. */
export function assertReachable({ listen, skipped }: ListenChoice): void {
  if (listen.length > 0 || skipped.length === 0) return
  const each = skipped.map(({ address, reason }) => `${address} (${reason})`).join(', ')
  const advice = 'choose addresses that this machine has, or none for a peer that only dials'
  throw new RepoError('ERR_LISTEN', `none of the addresses can be listened on: ${each}: ${advice}`)
}

/** True when a TCP port can be listened on now. */
export async function isPortFree(port: number, host: string): Promise<boolean> {
  return (await tryListen({ port, host })) === undefined
}

/** A port that is free now, drawn by the system. */
export async function findFreePort(host: string): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, resolve)
  })
  const address = server.address()
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return typeof address === 'object' && address !== null ? address.port : 0
}

export function portInUse(port: number, where: string, cause?: unknown): RepoError {
  // The profile draws a port for peers, and leaves the others as they are.
  const draw = where.startsWith('Addresses.Swarm') ? ' (`barter config profile apply randomports` draws one)' : ''
  return new RepoError(
    'ERR_PORT_IN_USE',
    `port ${port} is in use by another program: stop that one, or choose another port in ${where}${draw}`,
    { cause }
  )
}

/** Why an address of the config cannot be listened on, and what to do; undefined for what no system call said. */
export function listenFailure(
  text: string,
  port: number | undefined,
  where: string,
  cause: unknown
): RepoError | undefined {
  const code = systemCode(cause)
  if (code === undefined || code.startsWith('ERR_')) return undefined
  if (code === 'EADDRINUSE' && port !== undefined) return portInUse(port, where, cause)
  const advice = LISTEN_ADVICE[code] ?? 'choose another one'
  return new RepoError('ERR_LISTEN', `${text} cannot be listened on (${reasonOf(cause)}): ${advice} in ${where}`, {
    cause
  })
}

const LISTEN_ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has it, or it is no socket: stop that one, remove the file, or choose another path',
  EADDRNOTAVAIL: 'choose an address that this machine has',
  ENOTFOUND: 'choose an address that this machine has',
  EACCES: 'choose a port from 1024 on, or a directory that is yours,',
  ENOENT: 'choose a directory that is there,'
}

/** Where an address listens, or why it is not served. */
function socketOf(address: string, served: TransportsConfig): SocketAddress | string {
  let parts
  try {
    parts = multiaddr(address).getComponents()
  } catch (error) {
    return `it is no address (${reasonOf(error)})`
  }
  const [host, port, ...rest] = parts
  const names = [port, ...rest].map((part) => part?.name).join('/')
  const kind = KINDS.find((one) => one.parts === names)
  const isServed = kind !== undefined && served[kind.served]
  if (host?.value === undefined || (host.name !== 'ip4' && host.name !== 'ip6') || !isServed) {
    return kind === undefined || isServed
      ? 'it is of a kind that is not served here'
      : `Swarm.Transports.Network.${kind.key} is off`
  }
  return { transport: kind.transport, host: host.value, port: Number(port?.value) }
}

async function whyNot(
  wanted: SocketAddress,
  taken: readonly SocketAddress[],
  where: string
): Promise<string | undefined> {
  if (taken.some((other) => meets(wanted, other)))
    return `an address before it has ${wanted.transport} port ${wanted.port}`
  const failure = wanted.transport === 'tcp' ? await tryListen(wanted) : await tryBind(wanted)
  if (failure === undefined) return undefined
  if (systemCode(failure) === 'EADDRINUSE') throw portInUse(wanted.port, where, failure)
  return reasonOf(failure)
}

function tryListen({ host, port }: { host: string; port: number }): Promise<Error | undefined> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', resolve)
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}

function tryBind({ host, port }: SocketAddress): Promise<Error | undefined> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  return new Promise((resolve) => {
    socket.once('error', resolve)
    socket.bind({ address: host, port, exclusive: true }, () => socket.close(() => resolve(undefined)))
  })
}
