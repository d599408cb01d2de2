import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { compressionLevel, writeArchive } from '../../../src/api/formats/archive.ts'
import { collect, oneChunk } from '../../../src/api/formats/collect.ts'
import type { Tree, TreeEntry } from '../../../src/api/service/peer-service.ts'
import { readTar } from '../../../src/api/remote/tar-read.ts'

const CONTENT = Buffer.alloc(100_000, 'content ')

async function* streamed(entries: readonly TreeEntry[]): AsyncGenerator<TreeEntry> {
  for (const entry of entries) yield await Promise.resolve(entry)
}

const file = (): TreeEntry => ({ type: 'file', path: ['a'], size: CONTENT.length, content: oneChunk(CONTENT) })
const tree = (...entries: TreeEntry[]): Tree => ({ size: 0, entries: streamed(entries) })

async function pathsIn(archive: Uint8Array): Promise<string[]> {
  const paths: string[] = []
  for await (const { path } of readTar(oneChunk(archive))) paths.push(path.join('/'))
  return paths
}

describe('what get hands out', () => {
  it('is tar, compressed or not', async () => {
    const folder = (): Tree => tree({ type: 'folder', path: ['r'] }, { ...file(), path: ['r', 'a'] })
    for (const archive of [true, false]) {
      expect(await pathsIn(await collect(writeArchive(folder(), { archive, level: undefined })))).toEqual(['r', 'r/a'])
    }
    const packed = await collect(writeArchive(folder(), { archive: true, level: 9 }))
    expect(packed.length).toBeLessThan(2_000)
    expect(await pathsIn(gunzipSync(packed))).toEqual(['r', 'r/a'])
  })

  it('is one compressed file', async () => {
    const packed = await collect(writeArchive(tree(file()), { archive: false, level: 1 }))
    expect(gunzipSync(packed)).toEqual(CONTENT)
    const folder = writeArchive(tree({ type: 'folder', path: ['r'] }), { archive: false, level: 1 })
    await expect(collect(folder)).rejects.toThrow('file is not regular')
  })

  it('breaks off with what it is made of', async () => {
    const content = (async function* () {
      yield await Promise.resolve(CONTENT)
      throw new Error('the peer is gone')
    })()
    const packed = writeArchive(tree({ ...file(), content } as TreeEntry), { archive: true, level: 6 })
    await expect(collect(packed)).rejects.toThrow('the peer is gone')
  })

  it('is compressed as hard as was asked for', () => {
    expect([compressionLevel(false, 3), compressionLevel(true, undefined), compressionLevel(true, 3)]).toEqual([
      undefined,
      6,
      3
    ])
    for (const level of [0, 10]) expect(() => compressionLevel(true, level)).toThrow('must be between 1 and 9')
  })
})
