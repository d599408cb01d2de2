import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collect, oneChunk } from '../../src/api/formats/collect.ts'
import type { TreeEntry } from '../../src/api/service/peer-service.ts'
import { readTar } from '../../src/api/remote/tar-read.ts'
import { writeTar } from '../../src/api/formats/tar-write.ts'
import type { FileAttributes } from '../../src/content/unixfs-node.ts'
import { asyncProperty } from '../support/seed.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

type Flat = FileAttributes &
  (
    | { type: 'file'; path: readonly string[]; bytes: Buffer }
    | { type: 'folder'; path: readonly string[] }
    | { type: 'link'; path: readonly string[]; target: string }
  )

async function* entries(flat: readonly Flat[]): AsyncGenerator<TreeEntry> {
  for (const entry of flat) {
    await Promise.resolve()
    if (entry.type === 'file') {
      const { bytes, ...file } = entry
      yield { ...file, size: bytes.length, content: oneChunk(bytes) }
    } else {
      yield entry
    }
  }
}

async function flatten(tree: AsyncIterable<TreeEntry>): Promise<Flat[]> {
  const flat: Flat[] = []
  for await (const entry of tree) {
    if (entry.type === 'file') {
      const { content, size, ...file } = entry
      const bytes = Buffer.from(await collect(content))
      expect(bytes.length).toBe(size)
      flat.push({ ...file, bytes })
    } else {
      flat.push(entry)
    }
  }
  return flat
}

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 120 })
  .filter((text) => text.isWellFormed() && !/[/\0]/u.test(text))
const path = fc.array(name, { minLength: 1, maxLength: 4 })
/** Those of the archive itself count as none. */
const attributes = fc.record(
  {
    mode: fc.integer({ min: 0, max: 0o7777 }).filter((mode) => ![0o644, 0o755, 0o777].includes(mode)),
    mtime: fc.record({
      seconds: fc.oneof(fc.integer({ min: 1, max: 2 ** 40 }), fc.integer({ min: -(2 ** 40), max: -1 })),
      nanoseconds: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 999_999_999 }))
    })
  },
  { requiredKeys: [] }
)
const plain: fc.Arbitrary<Flat> = fc.oneof(
  fc.record({
    type: fc.constant('file' as const),
    path,
    bytes: fc.uint8Array({ maxLength: 1_200 }).map((bytes) => Buffer.from(bytes))
  }),
  fc.record({ type: fc.constant('folder' as const), path }),
  fc.record({ type: fc.constant('link' as const), path, target: name })
)
const entry = fc.tuple(plain, attributes).map(([one, more]): Flat => ({ ...one, ...more }))

const SAMPLE: readonly Flat[] = [
  { type: 'folder', path: ['root'] },
  { type: 'file', path: ['root', 'empty'], bytes: Buffer.alloc(0) },
  { type: 'file', path: ['root', 'ä'.repeat(90)], bytes: Buffer.alloc(513, 'x') },
  { type: 'link', path: ['root', 'link'], target: 'empty' }
]

describe('a tar archive', () => {
  it('gives back what was put in', async () => {
    await asyncProperty(
      fc.asyncProperty(fc.array(entry, { maxLength: 5 }), async (flat) => {
        const bytes = await collect(writeTar(entries(flat)))
        expect(bytes.length % 512).toBe(0)
        expect(await flatten(readTar(oneChunk(bytes)))).toEqual(flat)
      })
    )
  })

  it('is understood by tar', async () => {
    const folder = await temporaryDirectory()
    await writeFile(join(folder, 'a.tar'), await collect(writeTar(entries(SAMPLE))))
    execFileSync('tar', ['xf', 'a.tar'], { cwd: folder })
    expect(readFileSync(join(folder, 'root', 'ä'.repeat(90)), 'latin1')).toBe('x'.repeat(513))
    expect(readFileSync(join(folder, 'root', 'link')).length).toBe(0)
  })

  it('carries permissions and times as tar does', async () => {
    const folder = await temporaryDirectory()
    const mtime = { seconds: 1_700_000_000, nanoseconds: 250_000_000 }
    const flat: Flat[] = [{ type: 'file', path: ['file'], bytes: Buffer.from('x'), mode: 0o640, mtime }]
    await writeFile(join(folder, 'a.tar'), await collect(writeTar(entries(flat))))
    execFileSync('tar', ['xf', 'a.tar'], { cwd: folder })
    const { mode, mtimeMs } = statSync(join(folder, 'file'))
    expect([mode & 0o777, mtimeMs]).toEqual([0o640, 1_700_000_000_250])
    const bytes = execFileSync('tar', ['cf', '-', '--format=pax', 'file'], { cwd: folder })
    const [read] = await flatten(readTar(oneChunk(bytes)))
    expect(read).toEqual(flat[0])
  })

  it('names folders as Kubo does, without a slash at the end', async () => {
    const bytes = Buffer.from(await collect(writeTar(entries(SAMPLE))))
    expect([bytes.toString('latin1', 0, 5), bytes.toString('latin1', 156, 157)]).toEqual(['root\0', '5'])
  })

  it('is read from tar', async () => {
    const folder = await temporaryDirectory()
    await writeFile(join(folder, 'b'.repeat(150)), 'content')
    const bytes = execFileSync('tar', ['cf', '-', '--format=pax', 'b'.repeat(150)], { cwd: folder })
    const [file] = await flatten(readTar(oneChunk(bytes)))
    expect(file).toMatchObject({ type: 'file', path: ['b'.repeat(150)], bytes: Buffer.from('content') })
  })

  it('lets go of where it comes from when it is left before its end', async () => {
    let closed = 0
    const source = async function* (): AsyncGenerator<Uint8Array> {
      try {
        yield* writeTar(entries(SAMPLE))
      } finally {
        closed += 1
      }
    }
    for await (const { type } of readTar(source())) {
      expect(type).toBeDefined()
      break
    }
    expect(closed).toBe(1)
    await flatten(readTar(source()))
    expect(closed).toBe(2)
  })

  it('that is cut off is refused, wherever', async () => {
    const bytes = await collect(writeTar(entries(SAMPLE)))
    for (let end = 0; end < bytes.length - 1_024; end += 100) {
      await expect(flatten(readTar(oneChunk(bytes.subarray(0, end))))).rejects.toThrow()
    }
  })

  it('that is damaged is refused', async () => {
    const bytes = Buffer.from(await collect(writeTar(entries(SAMPLE))))
    bytes[3] = 0xff
    await expect(flatten(readTar(oneChunk(bytes)))).rejects.toThrow('damaged')
  })

  it('with an extended header of any length is refused', async () => {
    const bytes = Buffer.from(await collect(writeTar(entries([{ type: 'folder', path: ['x'.repeat(200)] }]))))
    bytes.write('77777777777', 124, 'latin1')
    bytes.fill(' ', 148, 156)
    const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0)
    bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
    await expect(flatten(readTar(oneChunk(bytes)))).rejects.toThrow('too long')
  })
})
