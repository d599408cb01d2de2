import { isIP } from 'node:net'
import { InvalidParametersError } from '../errors.ts'

/** A port of this machine, or of another. */
export interface TcpAddress {
  readonly host: string
  readonly port: number
}

/** A socket in the file system, for those who may open it. */
export interface UnixAddress {
  readonly socketPath: string
}

/** Where the HTTP API listens. */
export type ApiAddress = TcpAddress | UnixAddress

/** Reads `/ip4/127.0.0.1/tcp/5001`, `/ip6/::1/tcp/5001`, `/dns4/localhost/tcp/5001` or `/unix/run/barter.sock`. */
export function parseApiAddress(text: string): ApiAddress {
  const given = text.trim()
  const address = given.startsWith('/unix/') ? parseUnix(given) : parseTcp(given)
  if (address !== undefined) return address
  throw new InvalidParametersError(
    `"${text}" is no address for the API: expected one like /ip4/127.0.0.1/tcp/5001 or /unix/run/barter.sock`
  )
}

function parseTcp(text: string): TcpAddress | undefined {
  const [empty, family = '', host = '', tcp, portText = '', ...rest] = text.split('/')
  const port = Number(portText)
  const valid =
    empty === '' &&
    tcp === 'tcp' &&
    /^\d+$/u.test(portText) &&
    port <= 65_535 &&
    (rest.length === 0 || (rest.length === 1 && rest[0] === 'http')) &&
    (isIP(host) === { ip4: 4, ip6: 6 }[family] || (/^dns[46]?$/u.test(family) && /^[\w.-]+$/u.test(host)))
  return valid ? { host, port } : undefined
}

/** Newer tools write the path as one part, with %2F in it. */
function parseUnix(text: string): UnixAddress | undefined {
  const path = text.slice('/unix/'.length).replaceAll(/%2f/giu, '/').replace(/^\/+/u, '')
  // The system takes about so many bytes of a path for a socket.
  return path === '' || path.includes('\0') || path.length > 100 ? undefined : { socketPath: `/${path}` }
}

export function formatApiAddress(address: ApiAddress): string {
  if (isUnix(address)) return `/unix${address.socketPath}`
  const family = { 4: 'ip4', 6: 'ip6', 0: 'dns' }[isIP(address.host) as 0 | 4 | 6]
  return `/${family}/${address.host}/tcp/${address.port}`
}

export function isUnix(address: ApiAddress): address is UnixAddress {
  return 'socketPath' in address
}

/** Only this machine can reach it. */
export function isLoopback(address: ApiAddress): boolean {
  if (isUnix(address)) return true
  const { host } = address
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

/** `host:port` as it stands in a URL or a Host header. */
export function hostPort({ host, port }: TcpAddress): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`
}
