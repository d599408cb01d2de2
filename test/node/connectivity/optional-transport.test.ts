import { expect, it, onTestFinished } from 'vitest'
import { loadOptionalTransport, QUIC, WEBRTC_DIRECT } from '../../../src/node/connectivity/optional-transport.ts'
import { createPeer } from '../../../src/node/peer.ts'

it('a package that is not installed is named, with what to do', async () => {
  const missing = { ...QUIC, package: '@example/not-installed' }
  const loading = loadOptionalTransport(missing)
  await expect(loading).rejects.toMatchObject({ code: 'ERR_TRANSPORT' })
  await expect(loading).rejects.toThrow(
    /^Swarm\.Transports\.Network\.QUIC is true, but its package @example\/not-installed cannot be loaded \(.+\): run "npm install @example\/not-installed", or set Swarm\.Transports\.Network\.QUIC to false$/u
  )
})

it.each([[{}], [{ webRTCDirect: 7 }], [undefined]])(
  'a package that exports %j is another than expected',
  async (loaded) => {
    await expect(loadOptionalTransport(WEBRTC_DIRECT, () => Promise.resolve(loaded))).rejects.toThrow(
      'the package @libp2p/webrtc has no "webRTCDirect": run'
    )
  }
)

it('the transport of the package is taken', async () => {
  const factory = (): never => {
    throw new Error('made')
  }
  const loaded = await loadOptionalTransport(QUIC, (name) =>
    Promise.resolve(name === QUIC.package && { quic: () => factory })
  )
  expect(loaded).toBe(factory)
})

it('WebRTC-direct carries blocks where it is installed and switched on', async () => {
  const config = { Swarm: { Transports: { Network: { WebRTCDirect: true } } } }
  const make = async (listen: string[]) => {
    const peer = await createPeer({ config, listen })
    onTestFinished(() => peer.stop())
    return peer
  }
  const alice = await make(['/ip4/127.0.0.1/udp/0/webrtc-direct'])
  const bob = await make([])
  const { cid } = await alice.service.blockPut(Buffer.from('over a data channel'))
  const from = alice.libp2p.getMultiaddrs().map(String)
  expect(from[0]).toContain('/webrtc-direct/certhash/')
  const bytes = await bob.service.blockGet(cid, { from, signal: AbortSignal.timeout(20_000) })
  expect(Buffer.from(bytes).toString()).toBe('over a data channel')
}, 30_000)
