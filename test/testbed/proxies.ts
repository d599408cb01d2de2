/** Hosts where namespaces are not permitted: processes on loopback, joined by proxies that delay, stall and break. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net'
import type { SeededRandom } from '../../src/simulation/seeded-random.ts'
import { type Fabric, type FabricStat, fullMesh, type Link } from './fabric.ts'
import type { Stranding } from './flow-table.ts'
import type { LinkShape } from './link-queue.ts'
import { ProxiedConnection } from './proxied-connection.ts'
import { ProxyWay } from './proxy-way.ts'

const LOOPBACK = '127.0.0.1'

/** Starts nothing by itself: a proxy appears when a host says where it listens. */
export function buildProxies(hosts: number, shape: LinkShape, random: SeededRandom): Fabric {
  return new Proxies(hosts, shape, random)
}

class Proxies implements Fabric {
  readonly kind = 'proxies'
  readonly describe: string
  readonly #hosts: number
  /** Bounded: two for each link. */
  readonly #ways = new Map<string, ProxyWay>()
  /** By link way: the server that a host dials to reach another. Bounded: two for each link. */
  readonly #servers = new Map<string, Server>()
  /** Bounded: connections of the peers, which they limit. */
  readonly #connections = new Set<ProxiedConnection>()
  /** Bytes until the connections of a link are cut. Bounded: the links. */
  readonly #cutAfter = new Map<string, number>()
  #cuts = 0

  constructor(hosts: number, shape: LinkShape, random: SeededRandom) {
    this.#hosts = hosts
    this.describe =
      `${hosts} peers on loopback behind TCP proxies; resets and half-open connections are real, ` +
      'delay and bandwidth hold for chunks, loss is modelled as the stalls that retransmission would cause'
    for (const { a, b } of fullMesh(hosts)) {
      for (const way of [`${a}>${b}`, `${b}>${a}`]) this.#ways.set(way, new ProxyWay(shape, random.stream(way)))
    }
  }

  spawn(_host: number, program: string, args: readonly string[]) {
    return spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  }

  listenAddress(): string {
    return `/ip4/${LOOPBACK}/tcp/0`
  }

  async listening(host: number, address: string): Promise<void> {
    const port = Number(/\/tcp\/(\d+)/.exec(address)?.[1])
    for (let from = 1; from <= this.#hosts; from++) {
      if (from === host) continue
      const server = createServer({ pauseOnConnect: true }, (socket) => this.#accept(from, host, socket, port))
      server.listen(0, LOOPBACK)
      await once(server, 'listening')
      this.#servers.set(`${from}>${host}`, server)
    }
  }

  addressOf(from: number, to: number): string {
    const address = this.#servers.get(`${from}>${to}`)?.address() as AddressInfo | undefined
    if (address === undefined) throw new Error(`host ${to} does not listen yet`)
    return `/ip4/${LOOPBACK}/tcp/${address.port}`
  }

  shape({ a, b }: Link, shape: LinkShape): void {
    this.#ways.get(`${a}>${b}`)?.reshape(shape)
    this.#ways.get(`${b}>${a}`)?.reshape(shape)
  }

  cut(link: Link): void {
    for (const connection of this.#of(link)) {
      this.#cuts++
      connection.reset()
    }
  }

  cutAfter({ a, b }: Link, bytes: number): void {
    this.#cutAfter.set(`${a}-${b}`, bytes)
  }

  calm({ a, b }: Link): void {
    this.#cutAfter.delete(`${a}-${b}`)
  }

  strand(link: Link, stranding: Stranding): void {
    for (const connection of this.#of(link)) connection.strand(stranding)
  }

  stat(): FabricStat {
    const ways = [...this.#ways.values()]
    const sum = (figure: (way: ProxyWay) => number): number => ways.reduce((total, way) => total + figure(way), 0)
    return {
      forwarded: sum(({ chunks }) => chunks),
      bytes: sum(({ bytes }) => bytes),
      lost: sum(({ losses }) => losses),
      cuts: this.#cuts,
      swallowed: sum(({ swallowed }) => swallowed),
      missed: 0
    }
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) connection.reset()
    for (const way of this.#ways.values()) way.close()
    await Promise.all(
      [...this.#servers.values()].map(async (server) => await new Promise((done) => server.close(done)))
    )
  }

  #accept(from: number, to: number, dialler: Socket, port: number): void {
    const there = this.#ways.get(`${from}>${to}`)
    const back = this.#ways.get(`${to}>${from}`)
    if (there === undefined || back === undefined) throw new Error(`there is no link from ${from} to ${to}`)
    const listener = connect(port, LOOPBACK)
    const connection = new ProxiedConnection(
      { host: from, socket: dialler, way: there },
      { host: to, socket: listener, way: back },
      {
        carried: (bytes) => this.#countdown(from, to, bytes),
        ended: () => this.#connections.delete(connection)
      }
    )
    this.#connections.add(connection)
  }

  #of({ a, b }: Link): ProxiedConnection[] {
    return [...this.#connections].filter((connection) => connection.joins(a, b))
  }

  #countdown(from: number, to: number, bytes: number): void {
    const link = { a: Math.min(from, to), b: Math.max(from, to) }
    const name = `${link.a}-${link.b}`
    const left = this.#cutAfter.get(name)
    if (left === undefined) return
    if (left > bytes) {
      this.#cutAfter.set(name, left - bytes)
      return
    }
    this.#cutAfter.delete(name)
    this.cut(link)
  }
}
