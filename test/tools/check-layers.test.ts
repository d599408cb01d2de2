import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkLayers } from './check-layers.ts'
import { PROJECT } from './source-tree.ts'

/** A small project that keeps every rule. */
const SOUND: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    type: 'module',
    dependencies: { multiformats: '*', libp2p: '*', commander: '*', '@libp2p/peer-id': '*' },
    peerDependencies: { '@helia/interface': '*' },
    devDependencies: { vitest: '*', '@helia/interface': '*' }
  }),
  'src/ids.ts': 'export const ids = 1',
  'src/ports.ts': "import { ids } from './ids.ts'\nexport interface Clock { ids: typeof ids }",
  'src/message/message.ts': "import { CID } from 'multiformats/cid'\nexport const message = CID",
  'src/wants/told.ts': "import { ids } from '../ids.ts'\nexport const told = ids",
  'src/wants/want-manager.ts':
    "import type { Clock } from '../ports.ts'\nimport { told } from './told.ts'\nexport const wants = (c: Clock) => [c, told]",
  'src/engine/engine.ts': "import type { Clock } from '../ports.ts'\nexport const engine = (clock: Clock) => clock",
  'src/network/outbox.ts': "import { message } from '../message/message.ts'\nexport const outbox = message",
  'src/network/libp2p/adapter.ts':
    "import { createLibp2p } from 'libp2p'\nimport { ids } from '../../ids.ts'\nexport const adapter = [createLibp2p, ids]",
  'src/storage/store.ts': "import { open } from 'node:fs'\nexport const store = open",
  'src/routing/libp2p/dht.ts':
    "import { createLibp2p } from 'libp2p'\nimport { ids } from '../../ids.ts'\nexport const dht = [createLibp2p, ids]",
  'src/helia/broker.ts':
    "import type { Helia } from '@helia/interface'\nimport { adapter } from '../network/libp2p/adapter.ts'\n" +
    'export const broker = (helia: Helia) => [helia, adapter]',
  'src/bitswap.ts':
    "import { wants } from './wants/want-manager.ts'\nimport { engine } from './engine/engine.ts'\n" +
    "import { outbox } from './network/outbox.ts'\nexport const bitswap = [wants, engine, outbox]",
  'src/simulation/world.ts': "import { bitswap } from '../bitswap.ts'\nexport const world = bitswap",
  'src/cli/main.ts': "import 'commander'\nexport const main = () => import('./daemon.ts')",
  'src/cli/daemon.ts': "import { adapter } from '../network/libp2p/adapter.ts'\nexport const daemon = adapter",
  'src/index.ts':
    "export { bitswap } from './bitswap.ts'\nexport { adapter } from './network/libp2p/adapter.ts'\nexport { store } from './storage/store.ts'"
}

const PLANTED: readonly (readonly [rule: string, path: string, text: string])[] = [
  ['no cycles', 'src/ids.ts', "import type { Clock } from './ports.ts'\nexport const ids = 1 as unknown as Clock"],
  ['every import leads somewhere', 'src/ids.ts', "export { x } from './nowhere.ts'"],
  ['words import words', 'src/ids.ts', "export { engine } from './engine/engine.ts'"],
  ['words import words', 'src/message/message.ts', "export { bitswap } from '../bitswap.ts'"],
  ['pure files run words and pure files', 'src/wants/told.ts', "export { wants } from './want-manager.ts'"],
  ['an actor imports words and its own folder', 'src/engine/engine.ts', "export { told } from '../wants/told.ts'"],
  ['an actor imports words and its own folder', 'src/engine/engine.ts', "export { bitswap } from '../bitswap.ts'"],
  ['the outbox imports words', 'src/network/outbox.ts', "export { engine } from '../engine/engine.ts'"],
  ['the assembly imports the core', 'src/bitswap.ts', "export { store } from './storage/store.ts'"],
  ['an adapter imports words and adapters', 'src/storage/store.ts', "export { engine } from '../engine/engine.ts'"],
  [
    'routing imports words and its own folder',
    'src/routing/libp2p/dht.ts',
    "export { store } from '../../storage/store.ts'"
  ],
  ['suites import words', 'src/testing/suite.ts', "export { engine } from '../engine/engine.ts'"],
  ['a virtual world needs the core alone', 'src/simulation/world.ts', "export { store } from '../storage/store.ts'"],
  [
    'the laboratory imports worlds and the core',
    'src/laboratory/run.ts',
    "export { store } from '../storage/store.ts'"
  ],
  ['nothing imports the command line', 'src/api/server.ts', "export { main } from '../cli/main.ts'"],
  ['the core uses no module of Node', 'src/engine/engine.ts', "export { open } from 'node:fs'"],
  ['the core uses no package but multiformats', 'src/engine/engine.ts', "export { Command } from 'commander'"],
  ['libp2p is for its adapter and the node', 'src/engine/engine.ts', "export type { Libp2p } from 'libp2p'"],
  ['libp2p is for its adapter and the node', 'src/routing/router.ts', "export type { Libp2p } from 'libp2p'"],
  [
    'the broker for Helia imports the node and what is below',
    'src/helia/broker.ts',
    "export { engine } from '../engine/engine.ts'"
  ],
  ['nothing imports the broker for Helia', 'src/node/node.ts', "export { broker } from '../helia/broker.ts'"],
  ['libp2p is for its adapter and the node', 'src/cli/main.ts', "export const main = () => import('@libp2p/peer-id')"],
  ['nothing shipped needs what is only there to develop', 'src/storage/store.ts', "export { it } from 'vitest'"],
  ['nothing shipped imports tests', 'src/storage/store.ts', "export { x } from '../../test/x.ts'"],
  ['the command line starts without libp2p', 'src/cli/main.ts', "export { daemon } from './daemon.ts'"]
]

describe('the layers', () => {
  let root = ''
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'barter-layers-'))
    symlinkSync(join(PROJECT, 'node_modules'), join(root, 'node_modules'))
    write('test/x.ts', 'export const x = 1')
    for (const [path, text] of Object.entries(SOUND)) write(path, text)
  })

  afterEach(() => rmSync(root, { recursive: true }))

  it('let a sound project pass', async () => {
    const modules = Object.keys(SOUND).filter((path) => path.startsWith('src/')).length
    expect(await checkLayers(root)).toEqual({ modules, violations: [] })
  })

  it.each(PLANTED)('catch: %s, in %s', async (rule, path, text) => {
    write(path, text)
    const { violations } = await checkLayers(root)
    expect(violations).toContainEqual(expect.stringContaining(`${rule}: ${path}`))
  })

  it('fail when there is nothing to look at', async () => {
    rmSync(join(root, 'src'), { recursive: true })
    mkdirSync(join(root, 'src'))
    await expect(checkLayers(root)).rejects.toThrow('nothing was checked')
  })
})
