import { createServer } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { reasonOf, RepoError, systemCode } from './repo-error.ts'

interface TcpAddress {
  readonly host: string
  readonly port: number
}

/** Addresses that can be listened on, and why the others cannot. */
export interface ListenChoice {
  readonly listen: readonly string[]
  readonly skipped: readonly { readonly address: string; readonly reason: string }[]
}

/**
 * Sorts out addresses that this peer cannot serve: other transports than TCP, and families or interfaces that this machine
 * does not have. They are skipped, for a config may be shared with a program that serves more. A port that somebody else
 * has is no such case: it throws `RepoError`, since this peer would be where nobody looks for it.
 */
export async function chooseListenAddresses(addresses: readonly string[], where: string): Promise<ListenChoice> {
  const listen: string[] = []
  const skipped: { address: string; reason: string }[] = []
  for (const address of addresses) {
    const reason = await whyNot(address, where)
    if (reason === undefined) listen.push(address)
    else skipped.push({ address, reason })
  }
  return { listen, skipped }
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
  return new RepoError(
    'ERR_PORT_IN_USE',
    `port ${port} is in use by another program: stop that one, or choose another port in ${where}`,
    { cause }
  )
}

async function whyNot(address: string, where: string): Promise<string | undefined> {
  let tcp: TcpAddress | undefined
  try {
    tcp = tcpAddress(address)
  } catch (error) {
    return `it is no address (${reasonOf(error)})`
  }
  if (tcp === undefined) return 'only TCP is served'
  const failure = await tryListen(tcp)
  if (failure === undefined) return undefined
  if (systemCode(failure) === 'EADDRINUSE') throw portInUse(tcp.port, where, failure)
  return reasonOf(failure)
}

/** The TCP address in a multiaddr; undefined when it is of another kind. */
function tcpAddress(address: string): TcpAddress | undefined {
  const parts = multiaddr(address).getComponents()
  const [host, tcp, ...rest] = parts
  if (host === undefined || tcp?.name !== 'tcp' || rest.length > 0) return undefined
  if (host.name !== 'ip4' && host.name !== 'ip6') return undefined
  return { host: host.value ?? '', port: Number(tcp.value) }
}

function tryListen({ host, port }: TcpAddress): Promise<Error | undefined> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', resolve)
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}
