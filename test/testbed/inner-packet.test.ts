import { describe, expect, it } from 'vitest'
import { completeChecksum, readPacket, resetLike, turnedRound } from './inner-packet.ts'

const IP_AT = 22
const TCP_AT = IP_AT + 20

/** A TCP segment from 10.202.0.1 to 10.202.0.2 in a VXLAN datagram, as a kernel with checksum offload hands it over. */
function packet(payload: Uint8Array, flags = 0x18): Buffer {
  const bytes = Buffer.alloc(TCP_AT + 20 + payload.byteLength)
  bytes.writeUInt32BE(0x08000000, 0)
  bytes.set([2, 0, 0, 0, 0, 2], 8)
  bytes.set([2, 0, 0, 0, 0, 1], 14)
  bytes.writeUInt16BE(0x0800, 20)
  bytes.writeUInt8(0x45, IP_AT)
  bytes.writeUInt16BE(40 + payload.byteLength, IP_AT + 2)
  bytes.writeUInt8(6, IP_AT + 9)
  bytes.set([10, 202, 0, 1, 10, 202, 0, 2], IP_AT + 12)
  bytes.writeUInt16BE(40_000, TCP_AT)
  bytes.writeUInt16BE(4_001, TCP_AT + 2)
  bytes.writeUInt32BE(0xfffffff0, TCP_AT + 4)
  bytes.writeUInt32BE(77, TCP_AT + 8)
  bytes.writeUInt8(5 << 4, TCP_AT + 12)
  bytes.writeUInt8(flags, TCP_AT + 13)
  bytes.writeUInt16BE(0xdead, TCP_AT + 16)
  bytes.set(payload, TCP_AT + 20)
  return bytes
}

/** The sum over pseudo-header and segment, which is all ones when the checksum is right (RFC 1071). */
function checkedSum(bytes: Uint8Array): number {
  const tcp = bytes.subarray(TCP_AT)
  const length = tcp.byteLength
  const summed = [...bytes.subarray(IP_AT + 12, IP_AT + 20), 0, 6, length >> 8, length & 0xff, ...tcp]
  if (summed.length % 2 === 1) summed.push(0)
  let sum = 0
  for (let at = 0; at < summed.length; at += 2) sum += ((summed[at] ?? 0) << 8) | (summed[at + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16)
  return sum
}

describe('packets in a tunnel', () => {
  it('are read', () => {
    expect(readPacket(packet(new Uint8Array(11)))).toEqual({
      from: 1,
      to: 2,
      segment: {
        fromPort: 40_000,
        toPort: 4_001,
        sequence: 0xfffffff0,
        acknowledged: 77,
        payloadBytes: 11,
        opens: false,
        resets: false,
        acknowledges: true
      }
    })
    expect(readPacket(packet(new Uint8Array(0), 0x02))?.segment).toMatchObject({ opens: true, acknowledges: false })
    expect(readPacket(packet(new Uint8Array(0), 0x12))?.segment).toMatchObject({ opens: false, acknowledges: true })
  })

  it('that are not whole, or no IPv4, are nobody’s', () => {
    const whole = packet(new Uint8Array(11))
    expect(readPacket(whole.subarray(0, whole.byteLength - 1))).toBeUndefined()
    expect(readPacket(whole.subarray(0, 30))).toBeUndefined()
    whole.writeUInt16BE(0x86dd, 20)
    expect(readPacket(whole)).toBeUndefined()
  })

  it.each([0, 1, 2, 999, 1_398])('get their checksum, with %i bytes of payload', (length) => {
    const bytes = packet(Uint8Array.from({ length }, (_, index) => index * 7))
    completeChecksum(bytes)
    expect(checkedSum(bytes)).toBe(0xffff)
  })

  it('are answered with a reset that its receiver believes', () => {
    const sent = packet(new Uint8Array(5))
    const before = Buffer.from(sent)
    const reset = resetLike(turnedRound(sent), { from: 4_001, to: 40_000 }, 77)
    expect(sent).toEqual(before)
    expect(checkedSum(reset)).toBe(0xffff)
    expect([...reset.subarray(8, 14)]).toEqual([2, 0, 0, 0, 0, 1])
    expect(readPacket(reset)).toMatchObject({
      from: 2,
      to: 1,
      segment: { fromPort: 4_001, toPort: 40_000, sequence: 77, resets: true, payloadBytes: 0 }
    })
  })
})
