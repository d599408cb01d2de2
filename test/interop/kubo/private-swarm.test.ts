/** A swarm of its own: peers with the same `swarm.key` meet, and nobody else is let in. */
import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { connect, startKubo, startPeer, withKubo } from './play-kubo.ts'

function swarmKey(form: 'base16' | 'base64', key = randomBytes(32)): string {
  return `/key/swarm/psk/1.0.0/\n/${form}/\n${key.toString(form === 'base16' ? 'hex' : 'base64')}\n`
}

await withKubo('A private swarm of Kubo and Barter', () => {
  it.each(['base16', 'base64'] as const)('trades both ways, with a key in %s', async (form) => {
    const key = swarmKey(form)
    const [barter, kubo] = await Promise.all([startPeer({ swarmKey: Buffer.from(key) }), startKubo({ swarmKey: key })])
    await connect(barter, kubo)
    const theirs = await kubo.peer.put(randomBytes(300_000))
    expect((await barter.bitswap.get(theirs)).byteLength).toBe(300_000)
    const { cid } = await barter.service.blockPut(randomBytes(2_000_000))
    expect((await kubo.rpc.bytes('block/get', { args: [cid], options: { timeout: '30s' } })).byteLength).toBe(2_000_000)
  })

  it('keeps its fingerprint as Kubo tells it', async () => {
    const key = swarmKey('base16')
    const [barter, kubo] = await Promise.all([startPeer({ swarmKey: Buffer.from(key) }), startKubo({ swarmKey: key })])
    expect(kubo.daemon.output).toContain(`Swarm key fingerprint: ${barter.swarmKeyFingerprint ?? ''}`)
  })

  it.each([
    ['another key', swarmKey('base16')],
    ['no key', undefined]
  ])('lets nobody in who has %s', async (_name, key) => {
    const [barter, kubo] = await Promise.all([
      startPeer(key === undefined ? {} : { swarmKey: Buffer.from(key) }),
      startKubo({ swarmKey: swarmKey('base16') })
    ])
    await expect(connect(barter, kubo)).rejects.toThrow()
    const [ours = ''] = await barter.service.swarmLocalAddresses({ id: true })
    await expect(kubo.peer.connect(ours)).rejects.toThrow()
    expect([await kubo.peer.partners(), await barter.service.swarmPeers()]).toEqual([[], []])
  })
})
