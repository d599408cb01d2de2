import { randomBytes } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { openForDoctor } from '../../../src/node/service/open-offline.ts'
import { createPeer, type Peer } from '../../../src/node/peer.ts'
import type { PeerInit } from '../../../src/node/peer-init.ts'
import { initRepo } from '../../../src/node/repo/repo-init.ts'
import { systemClock } from '../../../src/node/system-clock.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const newKey = (): Buffer => Buffer.from(`/key/swarm/psk/1.0.0/\n/base64/\n${randomBytes(32).toString('base64')}\n`)

async function peer(init: PeerInit): Promise<Peer> {
  const made = await createPeer(init)
  onTestFinished(() => made.stop())
  return made
}

describe('a private swarm', () => {
  it.each(['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws'])(
    'on %s trades among those who have the key, and keeps strangers out',
    async (listen) => {
      const swarmKey = newKey()
      const alice = await peer({ swarmKey, listen: [listen] })
      const bob = await peer({ swarmKey })
      const strangers = await Promise.all([peer({}), peer({ swarmKey: newKey() })])
      expect(alice.swarmKeyFingerprint).toBe(bob.swarmKeyFingerprint)
      expect(alice.swarmKeyFingerprint).not.toBe(strangers[1].swarmKeyFingerprint)
      const address = alice.libp2p.getMultiaddrs()[0]?.toString() ?? ''
      const bytes = randomBytes(1_500_000)
      const { cid } = await alice.service.blockPut(bytes)
      const options = { from: [address], signal: AbortSignal.timeout(20_000) }
      expect(Buffer.from(await bob.service.blockGet(cid, options)).equals(bytes)).toBe(true)
      for (const stranger of strangers) {
        expect(await stranger.service.swarmConnect(address)).toHaveProperty('error')
        expect(stranger.libp2p.getPeers()).toEqual([])
      }
      expect(alice.libp2p.getPeers().map(String)).toEqual([bob.libp2p.peerId.toString()])
    },
    40_000
  )

  it.each([
    [{ Swarm: { Transports: { Network: { QUIC: true } } } }, 'set Swarm.Transports.Network.QUIC to false, or remove'],
    [
      { Swarm: { Transports: { Network: { QUIC: true, WebRTCDirect: true } } } },
      'set Swarm.Transports.Network.QUIC and .WebRTCDirect to false'
    ],
    [{ Bootstrap: ['auto'] }, 'Bootstrap holds "auto", which are peers of the public network']
  ])('is refused with %j', async (config, message) => {
    const start = createPeer({ swarmKey: newKey(), config })
    await expect(start).rejects.toMatchObject({ code: 'ERR_SWARM_KEY' })
    await expect(start).rejects.toThrow(message)
  })

  it('is that of the repo which holds its key, and a broken key stops the start', async () => {
    const root = join(await temporaryDirectory(), 'repo')
    await initRepo(root, { profile: 'test' })
    await writeFile(join(root, 'swarm.key'), 'nothing')
    await expect(createPeer({ repo: root })).rejects.toMatchObject({ code: 'ERR_SWARM_KEY' })
    await writeFile(join(root, 'swarm.key'), newKey())
    expect((await peer({ repo: root })).swarmKeyFingerprint).toMatch(/^[0-9a-f]{32}$/u)
  })

  it('is not left because its key got lost', async () => {
    const root = join(await temporaryDirectory(), 'repo')
    await initRepo(root, { profile: 'test' })
    const [key, mark] = [join(root, 'swarm.key'), join(root, 'swarm.fingerprint')]
    await writeFile(key, newKey())
    const { swarmKeyFingerprint = '', ...first } = await createPeer({ repo: root })
    await first.stop()
    await rm(key)
    const text = `this peer belongs to a private swarm (${swarmKeyFingerprint}), and its key ${key} is gone`
    const advice = `put it back from a copy. To go to the public network instead, remove ${mark}`
    await expect(createPeer({ repo: root })).rejects.toMatchObject({
      code: 'ERR_SWARM_KEY',
      message: `${text}: ${advice}`
    })
    const ill = await openForDoctor(root, () => undefined)
    expect((await ill.service.insight.diagnose()).findings).toContainEqual(
      expect.objectContaining({ code: 'missing-file', text, advice })
    )
    await ill.close()
    await writeFile(key, newKey())
    const other = await createPeer({ repo: root })
    await other.stop()
    expect(await readFile(mark, 'utf8')).toBe(`${other.swarmKeyFingerprint ?? ''}\n`)
    await rm(key)
    await rm(mark)
    expect((await peer({ repo: root })).swarmKeyFingerprint).toBeUndefined()
  })

  it('in which nobody is found is told of, and a public one is not', async () => {
    const timers = vi.spyOn(systemClock, 'setTimer')
    onTestFinished(() => timers.mockRestore())
    const warnings: string[] = []
    const warn = (message: string): void => void warnings.push(message)
    const runMinutes = (): void => {
      for (const [delayMs, run] of timers.mock.calls) if (delayMs === 60_000) run()
    }
    await peer({ warn })
    runMinutes()
    expect(warnings).toEqual([])
    const alice = await peer({ swarmKey: newKey(), warn })
    runMinutes()
    expect(warnings).toEqual([expect.stringContaining(`this one is ${alice.swarmKeyFingerprint ?? 'none'}`)])
  })

  it('is not left by accident when the environment demands it', async () => {
    vi.stubEnv('LIBP2P_FORCE_PNET', '1')
    onTestFinished(() => void vi.unstubAllEnvs())
    await expect(createPeer()).rejects.toMatchObject({
      code: 'ERR_SWARM_KEY',
      message: 'LIBP2P_FORCE_PNET is set, but there is no swarm key: put one into the option swarmKey, or unset it'
    })
    expect((await peer({ swarmKey: newKey() })).swarmKeyFingerprint).toBeDefined()
  })
})
