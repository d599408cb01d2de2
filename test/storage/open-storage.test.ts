import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Key } from 'interface-datastore'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createHashers } from '../../src/hashing/hashers.ts'
import { matches } from '../../src/hashing/verify-block.ts'
import { KeptBlockstore } from '../../src/storage/kept-blockstore.ts'
import { openBlockstore, openDatastore } from '../../src/storage/open-storage.ts'
import { placeOf } from '../../src/storage/layout.ts'
import { numberedBlock } from '../../src/testing/sample-blocks.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const hashers = await createHashers()
const { cid, bytes } = numberedBlock(1)

describe('openBlockstore', () => {
  it.each(['memory:', 'fs:blocks', 'fs:blocks?durability=fast&verify=off', 'level:blocks', 'blockstore-fs:blocks'])(
    '%s: one store behind both faces',
    async (spec) => {
      const base = await temporaryDirectory()
      const opened = await openBlockstore(spec, { hashers, base })
      await opened.port.put(cid, bytes)
      expect(await opened.blockstore.has(cid)).toBe(true)
      await opened.blockstore.put(numberedBlock(2).cid, numberedBlock(2).bytes)
      expect(await opened.port.size(numberedBlock(2).cid)).toBe(64)
      await opened.close()
      expect(await readdir(base)).toEqual(spec === 'memory:' ? [] : ['blocks'])
    }
  )

  it.each(['fs:blocks', 'level:blocks', 'blockstore-fs:blocks'])(
    '%s: blocks are there when it is opened again',
    async (spec) => {
      const base = await temporaryDirectory()
      const first = await openBlockstore(spec, { hashers, base })
      await first.port.put(cid, bytes)
      await first.close()
      const second = await openBlockstore(spec, { hashers, base })
      expect(await second.port.get(cid)).toEqual(bytes)
      await second.close()
    }
  )

  it('heeds the parameters', async () => {
    const base = await temporaryDirectory()
    const small = await openBlockstore('memory:?maxBytes=10', { hashers })
    expect(() => small.port.put(cid, bytes)).toThrow('full')
    const place = placeOf(cid)
    const careless = await openBlockstore('fs:blocks?verify=off', { hashers, base })
    await careless.port.put(cid, bytes)
    await writeFile(join(base, 'blocks', place?.directory ?? '', place?.file ?? ''), 'damage')
    expect(await careless.port.get(cid)).toHaveLength(6)
    const careful = await openBlockstore('fs:blocks', { hashers, base })
    expect(await careful.port.get(cid)).toBeUndefined()
  })

  it.each([[['fs:blocks']], [['level:blocks']], [['blockstore-fs:blocks']], [['memory:?maxBytes=1KiB', 'fs:blocks']]])(
    '%s: shows what is damaged to who looks for that, and it is removed',
    async (specs) => {
      const { blockstore, port, close } = await openBlockstore(specs, { hashers, base: await temporaryDirectory() })
      onTestFinished(close)
      const damaged = new TextEncoder().encode('damaged')
      const blocks = new KeptBlockstore(blockstore, port)
      await blocks.writeBlock(cid, damaged)
      expect(await blocks.readUnchecked(cid)).toEqual(damaged)
      expect(await blocks.deleteDamaged(cid, (found) => !matches(hashers, cid, found))).toBe('gone')
      expect([await blocks.readUnchecked(cid), await blocks.has(cid)]).toEqual([undefined, false])
    }
  )

  it('refuses what it cannot open, and says why', async () => {
    const base = await temporaryDirectory()
    await writeFile(join(base, 'file'), '')
    for (const spec of ['fs:', 's3:x', 'level:', 'blockstore-fs:']) {
      await expect(openBlockstore(spec, { hashers, base })).rejects.toMatchObject({ code: 'ERR_INVALID_PARAMETERS' })
    }
    for (const spec of ['fs:file', 'fs:file/below', 'blockstore-fs:file/below']) {
      await expect(openBlockstore(spec, { hashers, base })).rejects.toMatchObject({ code: 'ERR_STORE' })
    }
  })
})

describe('openDatastore', () => {
  it('level: keeps what was put, and lets nobody else in', async () => {
    const base = await temporaryDirectory()
    const key = new Key('/a')
    const first = await openDatastore('level:deep/data', { base })
    await first.datastore.put(key, bytes)
    await expect(openDatastore('level:deep/data', { base })).rejects.toMatchObject({ code: 'ERR_STORE' })
    await first.close()
    const second = await openDatastore('level:deep/data', { base })
    expect(Uint8Array.from(await second.datastore.get(key))).toEqual(bytes)
    await second.close()
  })

  it('memory: and nothing else', async () => {
    const opened = await openDatastore('memory:')
    await opened.datastore.put(new Key('/a'), bytes)
    expect(await opened.datastore.get(new Key('/a'))).toEqual(bytes)
    await opened.close()
    for (const spec of ['fs:x', 'level:']) {
      await expect(openDatastore(spec)).rejects.toMatchObject({ code: 'ERR_INVALID_PARAMETERS' })
    }
  })
})
