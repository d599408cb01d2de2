import { parseApiAddress } from '../api/api-address.ts'
import type { PeerService } from '../api/peer-service.ts'
import { RemoteService } from '../api/remote-service.ts'
import { readApiFile } from '../node/api-file.ts'
import type { GlobalOptions, ServiceNeed } from './global-options.ts'

export interface OpenedService {
  readonly service: PeerService
  close(): Promise<void>
}

/**
 * The peer that a command speaks to: the daemon when there is one, else the repo, opened by this process. libp2p is loaded
 * only when peers may be asked.
 */
export async function openService(
  options: GlobalOptions & { readonly root: string },
  need: ServiceNeed,
  print: (line: string) => void
): Promise<OpenedService> {
  const address = options.api === undefined ? await readApiFile(options.root) : parseApiAddress(options.api)
  if (address !== undefined) return { service: new RemoteService(address), close: () => Promise.resolve() }
  const warn = (message: string): void => print(`Warning: ${message}`)
  if (need === 'peers' && options.offline !== true) {
    const { createPeer } = await import('../node/peer.ts')
    const peer = await createPeer({ repo: options.root, listen: [], quiet: true, warn })
    return { service: peer.service, close: () => peer.stop() }
  }
  const { openOffline, OfflineError } = await import('../node/open-offline.ts')
  if (need === 'daemon') throw new OfflineError()
  return await openOffline(options.root, warn)
}
