import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { SeededRandom } from '../../src/simulation/seeded-random.ts'
import { type FabricStat, fullMesh, type Link } from './fabric.ts'
import { FlowTable, type ResetTarget, type Stranding } from './flow-table.ts'
import { completeChecksum, readPacket, resetLike, turnedRound } from './inner-packet.ts'
import { LinkQueue, type LinkShape } from './link-queue.ts'

/** What a router on the way has room for: the product of bandwidth and delay of an ordinary link. */
const ROOM_BYTES = 512 * 1024
const RECEIVE_BUFFER_BYTES = 8 * 1024 * 1024

export interface Port {
  /** Where the tunnel of a host ends. */
  readonly host: number
  readonly address: string
  /** Our end of it. */
  readonly ourAddress: string
  readonly udpPort: number
}

interface OneWay {
  readonly queue: LinkQueue<Uint8Array>
  timer: NodeJS.Timeout | undefined
}

/**
 * The router that all hosts are plugged into: takes the packets of their tunnels as UDP datagrams, and hands each on when
 * its link says so. Delay, bandwidth, loss and broken connections all happen here, to packets, so that the TCP of the
 * kernels at both ends meets them as it would anywhere.
 */
export class PacketSwitch {
  readonly #flows = new FlowTable()
  /** Bounded: two for each link. */
  readonly #ways = new Map<string, OneWay>()
  /** Bounded: one for each host. */
  readonly #sockets = new Map<number, { socket: Socket; port: Port }>()
  /** The last packet to each host from each other, for its Ethernet addresses. Bounded: two for each link. */
  readonly #samples = new Map<string, Uint8Array>()
  readonly #counts = { forwarded: 0, bytes: 0, lost: 0, cuts: 0, swallowed: 0 }

  constructor(hosts: number, shape: LinkShape, random: SeededRandom) {
    for (const { a, b } of fullMesh(hosts)) {
      for (const way of [`${a}>${b}`, `${b}>${a}`]) {
        const options = { random: random.stream(way), mode: 'drop' as const, roomBytes: ROOM_BYTES }
        this.#ways.set(way, { queue: new LinkQueue(shape, options), timer: undefined })
      }
    }
  }

  async plugIn(port: Port): Promise<void> {
    const socket = createSocket({
      type: 'udp4',
      recvBufferSize: RECEIVE_BUFFER_BYTES,
      sendBufferSize: RECEIVE_BUFFER_BYTES
    })
    socket.on('message', (datagram) => this.#received(port.host, datagram))
    // A host that is going away refuses datagrams; those are lost like any other.
    socket.on('error', () => this.#counts.lost++)
    socket.bind(port.udpPort, port.ourAddress)
    await once(socket, 'listening')
    this.#sockets.set(port.host, { socket, port })
  }

  shape({ a, b }: Link, shape: LinkShape): void {
    for (const way of [`${a}>${b}`, `${b}>${a}`]) {
      const oneWay = this.#ways.get(way)
      oneWay?.queue.reshape(shape, performance.now())
      this.#schedule(way)
    }
  }

  cut({ a, b }: Link): void {
    const targets = this.#flows.cut(a, b)
    for (const target of targets) this.#reset(target)
    // Two for each connection.
    this.#counts.cuts += Math.ceil(targets.length / 2)
  }

  cutAfter({ a, b }: Link, bytes: number): void {
    this.#flows.cutAfter(a, b, bytes)
  }

  calm({ a, b }: Link): void {
    this.#flows.calm(a, b)
  }

  strand({ a, b }: Link, stranding: Stranding): void {
    for (const target of this.#flows.strand(a, b, stranding)) this.#reset(target)
  }

  stat(): FabricStat {
    return { ...this.#counts, missed: datagramsMissed() }
  }

  async close(): Promise<void> {
    for (const { timer } of this.#ways.values()) clearTimeout(timer)
    await Promise.all(
      [...this.#sockets.values()].map(async ({ socket }) => await new Promise<void>((done) => socket.close(done)))
    )
  }

  #received(host: number, datagram: Uint8Array): void {
    const packet = readPacket(datagram)
    // Nobody sends in the name of another: what does not come from its host is none of ours.
    if (packet?.from !== host || !this.#sockets.has(packet.to)) return
    const way = `${packet.from}>${packet.to}`
    if (!this.#samples.has(way)) this.#samples.set(way, Uint8Array.from(datagram.subarray(0, 64)))
    const { segment } = packet
    switch (this.#flows.judge(packet)) {
      case 'swallow':
        this.#counts.swallowed++
        return
      case 'cut-link':
        this.cut({ a: packet.from, b: packet.to })
        return
      case 'reset':
        if (segment?.acknowledges !== true) return
        this.#sendReset(turnedRound(datagram), {
          to: packet.from,
          from: packet.to,
          toPort: segment.fromPort,
          fromPort: segment.toPort,
          sequence: segment.acknowledged
        })
        return
      case 'pass':
        this.#forward(way, datagram)
    }
  }

  #forward(way: string, datagram: Uint8Array): void {
    const oneWay = this.#ways.get(way)
    if (oneWay === undefined) return
    completeChecksum(datagram)
    if (oneWay.queue.offer(datagram, datagram.byteLength, performance.now())) this.#schedule(way)
    else this.#counts.lost++
  }

  #schedule(way: string): void {
    const oneWay = this.#ways.get(way)
    const nextMs = oneWay?.queue.nextMs()
    if (oneWay === undefined || nextMs === undefined || oneWay.timer !== undefined) return
    oneWay.timer = setTimeout(
      () => {
        oneWay.timer = undefined
        for (const datagram of oneWay.queue.take(performance.now())) this.#deliver(way, datagram)
        this.#schedule(way)
      },
      Math.max(0, nextMs - performance.now())
    )
  }

  #deliver(way: string, datagram: Uint8Array): void {
    const end = this.#sockets.get(Number(way.split('>')[1]))
    if (end === undefined) return
    this.#counts.forwarded++
    this.#counts.bytes += datagram.byteLength
    end.socket.send(datagram, end.port.udpPort, end.port.address)
  }

  #reset(target: ResetTarget): void {
    const sample = this.#samples.get(`${target.from}>${target.to}`)
    if (sample !== undefined) this.#sendReset(sample, target)
  }

  /** A reset does not wait in the queue: the router that sends it has thrown away what waits. */
  #sendReset(frame: Uint8Array, { to, from, fromPort, toPort, sequence }: ResetTarget): void {
    this.#deliver(`${from}>${to}`, resetLike(frame, { from: fromPort, to: toPort }, sequence))
  }
}

/** Datagrams that the kernel dropped in this namespace since a socket was full. */
function datagramsMissed(): number {
  const lines = readFileSync('/proc/self/net/snmp', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('Udp: '))
  const [names = [], figures = []] = lines.map((line) => line.split(' '))
  return Number(figures[names.indexOf('RcvbufErrors')] ?? 0)
}
