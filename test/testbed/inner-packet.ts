/**
 * What a VXLAN datagram carries, as far as the switch must know it: Ethernet, IPv4, TCP (RFC 7348, RFC 791, RFC 9293).
 * Offsets are from the start of the datagram.
 */

const VXLAN_BYTES = 8
const ETHERNET_BYTES = 14
const IP_AT = VXLAN_BYTES + ETHERNET_BYTES
const ETHER_TYPE_AT = VXLAN_BYTES + 12
const IPV4 = 0x0800
const TCP = 6
const TCP_BYTES = 20
const FLAG_SYN = 0x02
const FLAG_RST = 0x04
const FLAG_ACK = 0x10

/** One packet on its way. `from` and `to` are the last bytes of the addresses: the numbers of the hosts. */
export interface InnerPacket {
  readonly from: number
  readonly to: number
  /** Undefined for anything but TCP. */
  readonly segment: Segment | undefined
}

export interface Segment {
  readonly fromPort: number
  readonly toPort: number
  readonly sequence: number
  readonly acknowledged: number
  readonly payloadBytes: number
  /** The first segment of a connection. */
  readonly opens: boolean
  readonly resets: boolean
  readonly acknowledges: boolean
}

/** Undefined for what is no IPv4 packet, or a broken one: such are not forwarded. */
export function readPacket(datagram: Uint8Array): InnerPacket | undefined {
  const view = viewOf(datagram)
  if (datagram.byteLength < IP_AT + 20 || view.getUint16(ETHER_TYPE_AT) !== IPV4) return undefined
  const { headerBytes, totalBytes } = ipLengths(view)
  if (headerBytes < 20 || IP_AT + totalBytes > datagram.byteLength || totalBytes < headerBytes) return undefined
  const from = view.getUint8(IP_AT + 15)
  const to = view.getUint8(IP_AT + 19)
  if (view.getUint8(IP_AT + 9) !== TCP || totalBytes < headerBytes + TCP_BYTES) return { from, to, segment: undefined }
  const at = IP_AT + headerBytes
  const flags = view.getUint8(at + 13)
  const segment = {
    fromPort: view.getUint16(at),
    toPort: view.getUint16(at + 2),
    sequence: view.getUint32(at + 4),
    acknowledged: view.getUint32(at + 8),
    payloadBytes: totalBytes - headerBytes - (view.getUint8(at + 12) >> 4) * 4,
    opens: (flags & FLAG_SYN) !== 0 && (flags & FLAG_ACK) === 0,
    resets: (flags & FLAG_RST) !== 0,
    acknowledges: (flags & FLAG_ACK) !== 0
  }
  return { from, to, segment }
}

/**
 * Writes the TCP checksum. The kernel leaves that to the network card, and a card that is a tunnel into this process does
 * not do it.
 */
export function completeChecksum(datagram: Uint8Array): void {
  const view = viewOf(datagram)
  if (view.getUint8(IP_AT + 9) !== TCP) return
  const { headerBytes, totalBytes } = ipLengths(view)
  const at = IP_AT + headerBytes
  const tcpBytes = totalBytes - headerBytes
  view.setUint16(at + 16, 0)
  const pseudoHeader = sum(view, IP_AT + 12, 8) + TCP + tcpBytes
  view.setUint16(at + 16, fold(pseudoHeader + sum(view, at, tcpBytes)))
}

/**
 * A reset as the router on the way would send it: to the host that is `to` in `packet`, with what that host expects next.
 * Addresses of Ethernet are those of `packet`, which must be on its way to the same host.
 */
export function resetLike(packet: Uint8Array, ports: { from: number; to: number }, sequence: number): Uint8Array {
  const reset = new Uint8Array(IP_AT + 20 + TCP_BYTES)
  reset.set(packet.subarray(0, IP_AT + 20))
  const view = viewOf(reset)
  view.setUint8(IP_AT, 0x45)
  view.setUint16(IP_AT + 2, 20 + TCP_BYTES)
  view.setUint16(IP_AT + 10, 0)
  view.setUint16(IP_AT + 10, fold(sum(view, IP_AT, 20)))
  const at = IP_AT + 20
  view.setUint16(at, ports.from)
  view.setUint16(at + 2, ports.to)
  view.setUint32(at + 4, sequence)
  view.setUint8(at + 12, (TCP_BYTES / 4) << 4)
  view.setUint8(at + 13, FLAG_RST)
  completeChecksum(reset)
  return reset
}

/** The same frame on the way back: Ethernet and IP addresses change places. */
export function turnedRound(packet: Uint8Array): Uint8Array {
  // Not `slice`: of a Buffer that is no copy.
  const turned = Uint8Array.from(packet.subarray(0, IP_AT + 20))
  swap(turned, VXLAN_BYTES, VXLAN_BYTES + 6, 6)
  swap(turned, IP_AT + 12, IP_AT + 16, 4)
  return turned
}

function swap(bytes: Uint8Array, a: number, b: number, length: number): void {
  const kept = Uint8Array.from(bytes.subarray(a, a + length))
  bytes.copyWithin(a, b, b + length)
  bytes.set(kept, b)
}

function ipLengths(view: DataView): { headerBytes: number; totalBytes: number } {
  return { headerBytes: (view.getUint8(IP_AT) & 0x0f) * 4, totalBytes: view.getUint16(IP_AT + 2) }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** The sum of 16-bit words; an odd byte at the end counts as the high half of one. */
function sum(view: DataView, start: number, length: number): number {
  let total = 0
  const even = start + (length & ~1)
  for (let at = start; at < even; at += 2) total += view.getUint16(at)
  if (length % 2 === 1) total += view.getUint8(even) << 8
  return total
}

function fold(total: number): number {
  let folded = total
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000)
  return ~folded & 0xffff
}
