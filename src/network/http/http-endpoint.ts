/** Multiaddrs of HTTP gateways: `/dns4/host/tcp/443/https`, `/dns/host/tcp/443/tls/http`, `/ip4/127.0.0.1/tcp/8080/http`. */
import { isIP } from 'node:net'

export interface HttpEndpoint {
  /** `https://host`, or `http://host:port`; two addresses of one origin are one endpoint. */
  readonly origin: string
  /** As allow and deny lists name it. */
  readonly host: string
  readonly isSecure: boolean
  /** The part of the address that says where it is, as in `/ip4/127.0.0.1`. */
  readonly place: string
}

const IP_VERSIONS: Readonly<Record<string, number>> = { ip4: 4, ip6: 6 }
const NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/iu

/** True for an address of the kind, whether or not it can be used. */
export function isHttpAddress(address: string): boolean {
  return /\/https?(?:\/|$)/u.test(address)
}

/** Undefined for what is no such address, or one of a kind that is not used here. */
export function parseHttpAddress(address: string): HttpEndpoint | undefined {
  const [empty, kind = '', host = '', ...rest] = address.replace(/\/+$/u, '').split('/')
  if (empty !== '' || !isHost(kind, host)) return undefined
  const port = rest[0] === 'tcp' ? Number(rest[1]) : undefined
  const scheme = schemeOf(port === undefined ? rest : rest.slice(2), host)
  if (scheme === undefined || (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536))) {
    return undefined
  }
  const name = host.toLowerCase()
  const isUsual = port === undefined || port === (scheme === 'https' ? 443 : 80)
  const shown = kind === 'ip6' ? `[${name}]` : name
  return {
    origin: `${scheme}://${shown}${isUsual ? '' : `:${port}`}`,
    host: name,
    isSecure: scheme === 'https',
    place: `/${kind}/${host}`
  }
}

/** Behind the port: `http`, `https`, `tls/http`, or `tls/sni/<host>/http`; then whose it is. */
function schemeOf(parts: readonly string[], host: string): 'http' | 'https' | undefined {
  const end = parts.findIndex((part) => part === 'p2p' || part === 'ipfs')
  const [first, second, third, fourth, ...more] = end < 0 ? parts : parts.slice(0, end)
  if (more.length > 0 || (end >= 0 && parts.length !== end + 2)) return undefined
  if (second === undefined) return first === 'http' || first === 'https' ? first : undefined
  if (first !== 'tls') return undefined
  if (third === undefined) return second === 'http' ? 'https' : undefined
  return second === 'sni' && third === host && fourth === 'http' ? 'https' : undefined
}

function isHost(kind: string, host: string): boolean {
  const version = IP_VERSIONS[kind]
  if (version !== undefined) return isIP(host) === version
  return /^dns[46]?$/u.test(kind) && NAME.test(host) && isIP(host) === 0
}
