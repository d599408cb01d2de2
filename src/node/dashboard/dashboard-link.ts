import { hostPort, isUnix, type ApiAddress } from '../../api/api-address.ts'
import { PAGE_PATH } from '../../api/server/dashboard-paths.ts'
import { BitswapError } from '../../errors.ts'

/** There is no page to open: the API cannot be reached by a browser. */
export class NoDashboardError extends BitswapError {
  constructor(message: string) {
    super('NoDashboardError', 'ERR_NO_DASHBOARD', message)
  }
}

/** Addresses that stand for all of this machine, and one of it that a browser can call. */
const ANYWHERE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/**
 * Where the page of a daemon is. The secret, a token or a code for one, is in the fragment, which a browser sends to nobody; the page takes it out of the
 * address. Throws `NoDashboardError` for a socket in the file system.
 */
export function dashboardLink(
  address: ApiAddress,
  secret: { readonly token?: string; readonly code?: string }
): string {
  if (isUnix(address)) {
    throw new NoDashboardError(
      'the API is a socket in the file system, which no browser opens: give Addresses.API a port'
    )
  }
  const host = ANYWHERE[address.host] ?? address.host
  const fragment = new URLSearchParams(Object.entries(secret)).toString()
  return `http://${hostPort({ host, port: address.port })}${PAGE_PATH}${fragment === '' ? '' : `#${fragment}`}`
}
