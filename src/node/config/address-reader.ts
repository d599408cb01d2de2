import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import type { ConfigReader } from './reader.ts'

/** A text or a list of texts that must each be a multiaddr. */
export function readMultiaddrs(section: ConfigReader, key: string): readonly string[] {
  return readEach(section, key, 'multiaddrs such as /ip4/192.0.2.7/tcp/4001', () => true)
}

/** Address filters: multiaddrs of one IP address, or of a range, as in `/ip4/10.0.0.0/ipcidr/8`. */
export function readAddressFilters(section: ConfigReader, key: string): readonly string[] {
  return readEach(section, key, 'filters such as /ip4/10.0.0.0/ipcidr/8', (address) => {
    const [ip, mask, ...rest] = address.getComponents()
    const bits = ip?.name === 'ip4' ? 32 : 128
    const isIp = ip?.name === 'ip4' || ip?.name === 'ip6'
    const isMask = mask === undefined || (mask.name === 'ipcidr' && Number(mask.value) <= bits)
    return isIp && isMask && rest.length === 0
  })
}

/** Multiaddrs that end with the peer they lead to. `placeholder` is let through, whatever it stands for. */
export function readPeerAddresses(section: ConfigReader, key: string, placeholder?: string): readonly string[] {
  return readEach(section, key, 'multiaddrs that end with /p2p/<peer id>', isPeerAddress, placeholder)
}

/** True for an address that says which peer it leads to. */
export function isPeerAddress(address: Multiaddr): boolean {
  const last = address.getComponents().at(-1)
  return last?.name === 'p2p' && last.value !== undefined
}

function readEach(
  section: ConfigReader,
  key: string,
  expected: string,
  isRight: (address: Multiaddr) => boolean,
  placeholder?: string
): readonly string[] {
  const texts = section.texts(key)
  for (const text of texts) {
    const address = text === placeholder ? undefined : parse(text)
    if (text !== placeholder && (address === undefined || !isRight(address))) {
      throw section.wrong(key, `${expected}, and ${JSON.stringify(text)} is none`)
    }
  }
  return texts
}

function parse(text: string): Multiaddr | undefined {
  try {
    return multiaddr(text)
  } catch {
    return undefined
  }
}
