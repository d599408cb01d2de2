import { randomBytes } from 'node:crypto'
import type { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { collect } from '../../src/api/collect.ts'
import type { AddEvent } from '../../src/api/peer-service.ts'
import { addFiles } from '../../src/node/add-files.ts'
import { all, candidatesOf, memoryContent } from '../support/memory-content.ts'

class Target {
  readonly stored: string[] = []
  readonly told: string[] = []
  readonly toldAtOnce: number[] = []

  writeBlock(cid: CID): void {
    this.stored.push(cid.toString())
  }

  notify(cids: readonly CID[]): Promise<void> {
    this.toldAtOnce.push(cids.length)
    this.told.push(...cids.map(String))
    return Promise.resolve()
  }
}

describe('adding', () => {
  // The CIDs that Kubo 0.43 prints with --cid-version=1, or with its own defaults for version 0.
  it.each([
    ['an empty file', '', {}, 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'],
    ['a small file', 'hello\n', {}, 'bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am'],
    [
      'a small file, version 0',
      'hello\n',
      { cidVersion: 0 as const },
      'QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN'
    ],
    ['an empty file, version 0', '', { cidVersion: 0 as const }, 'QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH']
  ])('%s gives the CID that Kubo gives', async (_what, text, options, expected) => {
    const [event] = await all(addFiles(new Target(), candidatesOf({ file: text }), options))
    expect(event).toMatchObject({ type: 'added', path: 'file', cid: expected })
  })

  it('an empty folder gives the CID that Kubo gives', async () => {
    const [event] = await all(addFiles(new Target(), candidatesOf({ 'dir/': '' }), { cidVersion: 0 }))
    expect(event).toMatchObject({ path: 'dir', cid: 'QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn' })
  })

  it('reports files, then the folders around them, the outermost last', async () => {
    const files = { 'dir/': '', 'dir/a': '1', 'dir/sub/': '', 'dir/sub/b': '2', 'dir/link': '-> a' }
    const events = await all(addFiles(new Target(), candidatesOf(files)))
    expect(events.map((event) => event.path)).toEqual(['dir/a', 'dir/sub/b', 'dir/link', 'dir/sub', 'dir'])
  })

  it('names what has no name by its CID', async () => {
    const [event] = await all(addFiles(new Target(), candidatesOf({ '': 'hello\n' })))
    const cid = 'bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am'
    expect(event).toEqual({ type: 'added', path: cid, cid, size: 6 })
  })

  it('can put all into one more folder', async () => {
    const events = await all(addFiles(new Target(), candidatesOf({ a: '1', b: '2' }), { wrap: true }))
    expect(events.map((event) => event.path)).toEqual(['a', 'b', ''])
  })

  it('tells partners of every block, many at a time, and before it reports the file', async () => {
    const target = new Target()
    const file = randomBytes(300 * 1_000)
    const toldWhenReported: number[] = []
    for await (const event of addFiles(target, candidatesOf({ file }), { chunkBytes: 1_000 })) {
      if (event.type === 'added') toldWhenReported.push(target.stored.length - target.told.length)
    }
    expect(target.told.sort()).toEqual(target.stored.sort())
    expect(target.stored.length).toBe(303)
    expect(target.toldAtOnce.length).toBeLessThan(6)
    expect(toldWhenReported).toEqual([0])
  })

  it('tells how far it is, when asked', async () => {
    const events = await all(
      addFiles(new Target(), candidatesOf({ file: randomBytes(10_000) }), { chunkBytes: 1_000, progress: true })
    )
    const progress = events.filter((event) => event.type === 'progress')
    expect(progress.at(-1)).toEqual({ type: 'progress', path: 'file', bytes: 10_000 })
    expect(await all(addFiles(new Target(), candidatesOf({ file: 'x' })))).toHaveLength(1)
  })

  it('tells partners of what was stored before it failed', async () => {
    const target = new Target()
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(randomBytes(5_000))
      throw new Error('the disk is gone')
    }
    const source = async function* () {
      yield await Promise.resolve({ type: 'file' as const, path: 'file', content: failing() })
    }
    await expect(all(addFiles(target, source(), { chunkBytes: 1_000 }))).rejects.toThrow('the disk is gone')
    expect(target.told.sort()).toEqual(target.stored.sort())
  })

  it('stops with its signal', async () => {
    const controller = new AbortController()
    const target = new Target()
    controller.abort(new Error('enough'))
    const options = { signal: controller.signal }
    await expect(all(addFiles(target, candidatesOf({ file: 'x' }), options))).rejects.toThrow('enough')
    expect(target.stored).toEqual([])
  })

  it.each([0, 0.5, 2 ** 21])('refuses chunks of %d bytes', async (chunkBytes) => {
    await expect(all(addFiles(new Target(), candidatesOf({ a: '' }), { chunkBytes }))).rejects.toThrow('expected 1 to')
  })

  it('refuses names that would build another tree', async () => {
    const files = candidatesOf({ 'dir\\/file': 'x' })
    await expect(all(addFiles(new Target(), files))).rejects.toThrow('rename it to add it')
  })

  it('many files in one folder make a sharded one, which is read back', async () => {
    const { content } = await memoryContent()
    const names = Array.from({ length: 6_000 }, (_, index) => `a-name-of-some-length-for-file-${index}`)
    const files = Object.fromEntries(names.map((name) => [`dir/${name}`, name]))
    const events = await all(content.add(candidatesOf(files)))
    const links = await all(content.ls(lastCid(events)))
    expect(links.map(({ name }) => name).sort()).toEqual(names.sort())
    const { content: bytes } = await content.cat(`${lastCid(events)}/${names[77] ?? ''}`)
    expect(Buffer.from(await collect(bytes)).toString()).toBe(names[77])
  })
})

function lastCid(events: readonly AddEvent[]): string {
  return events.flatMap((event) => (event.type === 'added' ? [event.cid] : [])).at(-1) ?? ''
}
