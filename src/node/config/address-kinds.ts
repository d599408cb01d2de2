import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { isUnix, parseApiAddress } from '../../api/api-address.ts'
import { passes } from './headers-key.ts'

type Complaint = (text: string) => string | undefined

const EXPECTED = {
  multiaddr: 'multiaddrs such as /ip4/192.0.2.7/tcp/4001',
  swarm: 'multiaddrs with a port to listen on, such as /ip4/0.0.0.0/tcp/4001',
  api: 'addresses such as /ip4/127.0.0.1/tcp/5001 or /unix/run/barter.sock',
  gateway: 'addresses of TCP such as /ip4/127.0.0.1/tcp/8080',
  told: 'multiaddrs of this peer such as /dns4/peer.example/tcp/4001',
  filter: 'filters such as /ip4/10.0.0.0/ipcidr/8',
  peer: 'multiaddrs that end with /p2p/<peer id>'
} as const

/** What is expected of each of a list of addresses, in words. */
export const ADDRESS_KINDS = EXPECTED

/** Any multiaddr. */
export const multiaddrComplaint: Complaint = complaintUnless(EXPECTED.multiaddr, () => true)

/** Where peers can be listened for, here or by another program with the same config: no ranges, and no peer at the end. */
export const swarmComplaint: Complaint = complaintUnless(EXPECTED.swarm, (address) => {
  const has = (...names: readonly string[]): boolean => address.getComponents().some(({ name }) => names.includes(name))
  return has('tcp', 'udp', 'p2p-circuit') && !has('ipcidr') && !isPeerAddress(address)
})

export const apiComplaint: Complaint = (text) =>
  passes(() => parseApiAddress(text)) ? undefined : none(EXPECTED.api, text)

export const gatewayComplaint: Complaint = (text) =>
  passes(() => parseApiAddress(text)) && !isUnix(parseApiAddress(text)) ? undefined : none(EXPECTED.gateway, text)

/** Where others find this peer: no range, and more than its name. */
export const toldComplaint: Complaint = complaintUnless(EXPECTED.told, (address) => {
  const names = address.getComponents().map(({ name }) => name)
  return names.some((name) => name !== 'p2p') && !names.includes('ipcidr')
})

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
    return address !== undefined && isRight(address) ? undefined : none(expected, text)
  }
}

function none(expected: string, text: string): string {
  return `${expected}, and ${JSON.stringify(text)} is none`
}

function parse(text: string): Multiaddr | undefined {
  try {
    return multiaddr(text)
  } catch {
    return undefined
  }
}
