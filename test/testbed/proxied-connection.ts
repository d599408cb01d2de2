import type { Socket } from 'node:net'
import type { Stranding } from './flow-table.ts'
import type { ProxyWay } from './proxy-way.ts'

export interface ConnectionEnd {
  readonly host: number
  readonly socket: Socket
  /** The way from this host to the other. */
  readonly way: ProxyWay
}

interface Watcher {
  /** So many bytes set out; may reset this connection. */
  carried(bytes: number): void
  ended(): void
}

/** A TCP connection with a proxy in its middle: two sockets, and what goes from one to the other. */
export class ProxiedConnection {
  readonly #ends: readonly [ConnectionEnd, ConnectionEnd]
  readonly #watcher: Watcher
  #stranding: Stranding | undefined

  constructor(dialler: ConnectionEnd, listener: ConnectionEnd, watcher: Watcher) {
    this.#ends = [dialler, listener]
    this.#watcher = watcher
    this.#join(dialler, listener)
    this.#join(listener, dialler)
  }

  joins(a: number, b: number): boolean {
    const hosts = this.#ends.map(({ host }) => host)
    return hosts.includes(a) && hosts.includes(b)
  }

  /** Both ends are reset, and learn of it. */
  reset(): void {
    for (const { socket } of this.#ends) socket.resetAndDestroy()
  }

  /** From now on nobody is told what becomes of the other end, but an end that `knows`. */
  strand(stranding: Stranding): void {
    if (this.#stranding !== undefined) return
    this.#stranding = stranding
    const [first, second] = [...this.#ends].sort((one, other) => one.host - other.host)
    if (stranding === 'a-knows') first?.socket.resetAndDestroy()
    if (stranding === 'b-knows') second?.socket.resetAndDestroy()
  }

  #join(from: ConnectionEnd, to: ConnectionEnd): void {
    const { socket, way } = from
    socket.on('data', (chunk: Buffer) => {
      way.carry(chunk.byteLength, () => this.#passes(from, to) && this.#write(to, chunk, socket))
      this.#watcher.carried(chunk.byteLength)
      if (!way.hasRoom(() => socket.resume())) socket.pause()
    })
    socket.once(
      'end',
      () => way.hasRoom(() => undefined) && way.carry(0, () => this.#passes(from, to) && this.#end(to))
    )
    // A reset: the other end hears of it at once, unless nobody is to hear of anything.
    socket.on('error', () => this.#passes(from, to) && to.socket.resetAndDestroy())
    socket.once('close', () => this.#ends.every((end) => end.socket.destroyed) && this.#watcher.ended())
    socket.resume()
  }

  #write({ socket }: ConnectionEnd, chunk: Buffer, source: Socket): boolean {
    if (socket.destroyed || socket.writableEnded) return false
    if (!socket.write(chunk)) {
      source.pause()
      socket.once('drain', () => source.resume())
    }
    return true
  }

  #end({ socket }: ConnectionEnd): boolean {
    socket.end()
    return true
  }

  #passes(from: ConnectionEnd, to: ConnectionEnd): boolean {
    if (this.#stranding === undefined) return true
    return this.#stranding === (from.host < to.host ? 'a-to-b' : 'b-to-a')
  }
}
