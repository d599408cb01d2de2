import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'

type Complaint = (text: string) => string | undefined

const EXPECTED = {
  multiaddr: 'multiaddrs such as /ip4/192.0.2.7/tcp/4001',
  filter: 'filters such as /ip4/10.0.0.0/ipcidr/8',
  peer: 'multiaddrs that end with /p2p/<peer id>'
} as const

/** What is expected of each of a list of addresses, in words. */
export const ADDRESS_KINDS = EXPECTED

/** Any multiaddr. */
export const multiaddrComplaint: Complaint = complaintUnless(EXPECTED.multiaddr, () => true)

/** Address filters: multiaddrs of one IP address, or of a range, as in `/ip4/10.0.0.0/ipcidr/8`. */
export const filterComplaint: Complaint = complaintUnless(EXPECTED.filter, (address) => {
  const [ip, mask, ...rest] = address.getComponents()
  const bits = ip?.name === 'ip4' ? 32 : 128
  const isIp = ip?.name === 'ip4' || ip?.name === 'ip6'
  const isMask = mask === undefined || (mask.name === 'ipcidr' && Number(mask.value) <= bits)
  return isIp && isMask && rest.length === 0
})

/** Multiaddrs that end with the peer they lead to. `placeholder` is let through, whatever it stands for. */
export function peerAddressComplaint(placeholder?: string): Complaint {
  const complaint = complaintUnless(EXPECTED.peer, isPeerAddress)
  return (text) => (text === placeholder ? undefined : complaint(text))
}

/** True for an address that says which peer it leads to. */
export function isPeerAddress(address: Multiaddr): boolean {
  const last = address.getComponents().at(-1)
  return last?.name === 'p2p' && last.value !== undefined
}

function complaintUnless(expected: string, isRight: (address: Multiaddr) => boolean): Complaint {
  return (text) => {
    const address = parse(text)
    return address !== undefined && isRight(address) ? undefined : `${expected}, and ${JSON.stringify(text)} is none`
  }
}

function parse(text: string): Multiaddr | undefined {
  try {
    return multiaddr(text)
  } catch {
    return undefined
  }
}
