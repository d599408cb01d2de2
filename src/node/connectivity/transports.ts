import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import type { SwarmConfig } from '../config/swarm-section.ts'
import { loadOptionalTransport, QUIC, WEBRTC_DIRECT, type TransportFactory } from './optional-transport.ts'
import { relayFilter } from './relays.ts'

/** The transports that are switched on. The optional ones are loaded only then. */
export async function loadTransports({ transports: wanted, relayClient }: SwarmConfig): Promise<TransportFactory[]> {
  const optional = [...(wanted.quic ? [QUIC] : []), ...(wanted.webrtcDirect ? [WEBRTC_DIRECT] : [])]
  const discoveryFilter = relayFilter(relayClient)
  return [
    ...(wanted.tcp ? [tcp()] : []),
    ...(wanted.websocket ? [webSockets()] : []),
    ...(wanted.relay ? [circuitRelayTransport(discoveryFilter === undefined ? {} : { discoveryFilter })] : []),
    ...(await Promise.all(optional.map((transport) => loadOptionalTransport(transport))))
  ]
}
