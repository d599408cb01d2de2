import { isIP } from 'node:net'
import { InvalidParametersError } from '../errors.ts'

/** Where the HTTP API listens. */
export interface ApiAddress {
  readonly host: string
  readonly port: number
}

/** Reads `/ip4/127.0.0.1/tcp/5001`, `/ip6/::1/tcp/5001` or `/dns4/localhost/tcp/5001`. */
export function parseApiAddress(text: string): ApiAddress {
  const [empty, family = '', host = '', tcp, portText = '', ...rest] = text.trim().split('/')
  const port = Number(portText)
  const valid =
    empty === '' &&
    tcp === 'tcp' &&
    /^\d+$/u.test(portText) &&
    port <= 65_535 &&
    (rest.length === 0 || (rest.length === 1 && rest[0] === 'http')) &&
    (isIP(host) === { ip4: 4, ip6: 6 }[family] || (/^dns[46]?$/u.test(family) && /^[\w.-]+$/u.test(host)))
  if (!valid) {
    throw new InvalidParametersError(`"${text}" is no address for the API: expected one like /ip4/127.0.0.1/tcp/5001`)
  }
  return { host, port }
}

export function formatApiAddress({ host, port }: ApiAddress): string {
  const family = { 4: 'ip4', 6: 'ip6', 0: 'dns' }[isIP(host) as 0 | 4 | 6]
  return `/${family}/${host}/tcp/${port}`
}

/** Only this machine can reach it: what the API demands, as it asks nobody who they are. */
export function isLoopback({ host }: ApiAddress): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

/** `host:port` as it stands in a URL or a Host header. */
export function hostPort({ host, port }: ApiAddress): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`
}
