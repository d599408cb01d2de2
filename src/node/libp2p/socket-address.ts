/** Where a program listens. */
export interface SocketAddress {
  readonly transport: 'tcp' | 'udp'
  readonly host: string
  readonly port: number
}

/** True when two sockets cannot both be had. A port of 0 is another one each time. */
export function meets(a: SocketAddress, b: SocketAddress): boolean {
  const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::'
  const hasOneFamily = a.host.includes(':') === b.host.includes(':')
  const isSameHost = a.host === b.host || (hasOneFamily && (isWildcard(a.host) || isWildcard(b.host)))
  return a.port !== 0 && a.port === b.port && a.transport === b.transport && isSameHost
}
