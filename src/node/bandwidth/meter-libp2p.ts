import type { ConnectionEncrypter, MessageStream, Metrics, PeerId, Stream } from '@libp2p/interface'
import type { Bandwidth } from './bandwidth.ts'

interface Meter {
  received(bytes: number): void
  sent(bytes: number): void
}

/** An encrypter that counts what its connections send and receive on the wire, encryption and all. */
export function metered<Components, E extends ConnectionEncrypter>(
  create: (components: Components) => E,
  bandwidth: Bandwidth
): (components: Components) => E {
  return (components) => {
    const encrypter = create(components)
    const secure = async <Secured extends { readonly remotePeer: PeerId }>(
      connection: MessageStream,
      run: () => Promise<Secured>
    ): Promise<Secured> => {
      const wire = new WireMeter(bandwidth)
      watch(connection, wire)
      const secured = await run()
      wire.belongsTo(secured.remotePeer.toString())
      return secured
    }
    const inbound = encrypter.secureInbound.bind(encrypter)
    const outbound = encrypter.secureOutbound.bind(encrypter)
    encrypter.secureInbound = (connection, options) => secure(connection, () => inbound(connection, options))
    encrypter.secureOutbound = (connection, options) => secure(connection, () => outbound(connection, options))
    return encrypter
  }
}

/** What libp2p takes for metrics, of which the streams are looked at, which tell the protocol, and the counts of the DHT. */
export function streamMeter(bandwidth: Bandwidth): Metrics {
  const group = {
    update: ignore,
    increment: ignore,
    decrement: ignore,
    reset: ignore,
    observe: ignore,
    timer: () => ignore
  }
  return {
    trackMultiaddrConnection: ignore,
    trackProtocolStream: (stream: Stream) => {
      const flow = bandwidth.protocol(stream.protocol)
      watch(stream, { received: (bytes) => flow.in.add(bytes), sent: (bytes) => flow.out.add(bytes) })
    },
    registerMetric: () => group,
    registerMetricGroup: (name: string) => bandwidth.dht.metricGroup(name) ?? group,
    registerCounter: () => group,
    registerCounterGroup: (name: string) => bandwidth.dht.counterGroup(name) ?? group,
    registerHistogram: () => group,
    registerHistogramGroup: () => group,
    registerSummary: () => group,
    registerSummaryGroup: () => group,
    traceFunction: <F>(_name: string, run: F): F => run,
    createTrace: () => undefined
  }
}

const ignore = (): void => undefined

/** Knows only after the handshake whose bytes it counted. */
class WireMeter implements Meter {
  readonly #bandwidth: Bandwidth
  #peer: string | undefined
  #in = 0
  #out = 0

  constructor(bandwidth: Bandwidth) {
    this.#bandwidth = bandwidth
  }

  received(bytes: number): void {
    this.#bandwidth.all.in.add(bytes)
    if (this.#peer === undefined) this.#in += bytes
    else this.#bandwidth.peer(this.#peer).in.add(bytes)
  }

  sent(bytes: number): void {
    this.#bandwidth.all.out.add(bytes)
    if (this.#peer === undefined) this.#out += bytes
    else this.#bandwidth.peer(this.#peer).out.add(bytes)
  }

  belongsTo(peer: string): void {
    this.#peer = peer
    const flow = this.#bandwidth.peer(peer)
    flow.in.add(this.#in)
    flow.out.add(this.#out)
  }
}

/** Not by its events: whoever listens for data first gets what came before, and takes it from its owner. */
function watch(stream: MessageStream, meter: Meter): void {
  const send = stream.send.bind(stream)
  stream.send = (data) => {
    meter.sent(data.byteLength)
    return send(data)
  }
  const onData: unknown = Reflect.get(stream, 'onData')
  if (typeof onData !== 'function') return
  Reflect.set(stream, 'onData', (data: { readonly byteLength: number }): void => {
    meter.received(data.byteLength)
    Reflect.apply(onData, stream, [data])
  })
}
