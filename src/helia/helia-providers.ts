import type { ProviderOptions } from '@helia/interface'
import { peerIdFromCID } from '@libp2p/peer-id'
import { CID } from 'multiformats/cid'
import { toProvider } from '../provider.ts'

type HeliaProviders = NonNullable<ProviderOptions['providers']>

/**
 * Providers as Helia's users name them (peer ids as CIDs, multiaddrs, or several multiaddrs of one peer), in the text form
 * of the exchange. What is none of these is left out: it may mean something to another block broker.
 */
export function toProviderTexts(providers: HeliaProviders = []): string[] {
  return providers.flatMap((provider) => {
    const cid = CID.asCID(provider)
    if (cid !== null) return peerOf(cid) ?? []
    return [provider].flat().map(String).filter(isProvider)
  })
}

/** The peer that a CID names, if it names one. */
export function peerOf(cid: CID): string | undefined {
  try {
    return peerIdFromCID(cid).toString()
  } catch {
    return undefined
  }
}

function isProvider(text: string): boolean {
  try {
    toProvider(text)
    return true
  } catch {
    return false
  }
}
