/** The daemon whose page is measured: as `barter daemon` starts it, and told by its parent what to be busy with. */
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { multiaddr } from '@multiformats/multiaddr'
import { startDaemon } from '../../src/node/daemon.ts'
import { readApiToken } from '../../src/node/repo/api-token.ts'
import { dashboardLink } from '../../src/node/dashboard/dashboard-link.ts'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { blockOf, numberedBlock } from '../../src/testing/sample-blocks.ts'
import { type Answer, type Ask, BLOCK_BYTES } from './page-worlds.ts'

const [root = ''] = process.argv.slice(2)
await initRepo(root, { profile: 'test' })
const path = join(root, 'config')
const config = JSON.parse(await readFile(path, 'utf8')) as Record<string, Record<string, unknown>>
await writeFile(
  path,
  JSON.stringify({
    ...config,
    API: { RequireToken: true },
    Swarm: { ...config['Swarm'], ConnMgr: { HighWater: 600, LowWater: 500 } }
  })
)
const daemon = await startDaemon({ root, warn: (message) => process.stderr.write(`${message}\n`) })
const { peer } = daemon
const session = peer.bitswap.createSession()
let next = 0

async function dial(addresses: readonly string[]): Promise<void> {
  for (const address of addresses) await peer.libp2p.dial(multiaddr(address))
}

function want(count: number): void {
  for (let index = 0; index < count; index += 1) {
    session.get(blockOf(randomBytes(32)).cid).catch(() => undefined)
  }
}

function trade(perSecond: number): void {
  setInterval(() => {
    for (let count = 0; count < perSecond; count += 1) {
      const { cid } = numberedBlock((next += 1), BLOCK_BYTES)
      peer.bitswap.get(cid).catch(() => undefined)
    }
  }, 1_000)
}

async function obey(ask: Ask): Promise<void> {
  if (ask.kind === 'dial') await dial(ask.addresses)
  if (ask.kind === 'want') want(ask.count)
  if (ask.kind === 'trade') trade(ask.perSecond)
}

function tell(more: Partial<Answer> = {}): void {
  const { user, system } = process.cpuUsage()
  const answer: Answer = {
    cpuMs: (user + system) / 1_000,
    wants: peer.bitswap.wantlist().length,
    peers: peer.libp2p.getPeers().length,
    ...more
  }
  process.send?.(answer)
}

process.on('message', (ask: Ask) => {
  obey(ask).then(
    () => tell(),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    }
  )
})
process.on('disconnect', () => process.exit(0))
tell({ link: dashboardLink(daemon.api, { token: (await readApiToken(root)) ?? '' }) })
