import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collect } from '../../../src/api/formats/collect.ts'
import { multipartBoundary, readMultipart } from '../../../src/api/server/multipart.ts'
import { writeMultipart } from '../../../src/api/remote/multipart-write.ts'
import type { AddCandidate } from '../../../src/api/service/peer-service.ts'
import { asyncProperty } from '../../support/seed.ts'

interface Flat {
  readonly filename: string
  readonly type: string
  readonly content: string
}

async function* chunked(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0
  for (let turn = 0; start < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1
    yield await Promise.resolve(bytes.subarray(start, start + size))
    start += size
  }
}

async function readAll(body: AsyncIterable<Uint8Array>, boundary: string): Promise<Flat[]> {
  const parts: Flat[] = []
  for await (const { filename, type, content } of readMultipart(body, boundary)) {
    parts.push({ filename, type, content: Buffer.from(await collect(content)).toString('latin1') })
  }
  return parts
}

function read(text: string, sizes: readonly number[] = [7]): Promise<Flat[]> {
  return readAll(chunked(Buffer.from(text, 'latin1'), sizes), 'b')
}

describe('the boundary of an upload', () => {
  it.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['multipart/form-data; boundary="a b"', 'a b'],
    ['Multipart/Form-Data; charset=utf-8; boundary=abc', 'abc'],
    ['application/json', undefined],
    ['multipart/form-data', undefined],
    [undefined, undefined]
  ])('%s', (type, boundary) => expect(multipartBoundary(type)).toBe(boundary))
})

describe('an upload', () => {
  it('is read whatever the pieces it comes in', async () => {
    const file = fc.record({
      path: fc.string({ unit: 'grapheme', maxLength: 20 }).filter((path) => path.isWellFormed()),
      content: fc.uint8Array({ maxLength: 300 })
    })
    await asyncProperty(
      fc.asyncProperty(
        fc.array(file, { maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }),
        async (files, sizes) => {
          const { contentType, chunks } = writeMultipart(candidates(files))
          const bytes = await collect(chunks)
          const parts = await readAll(chunked(bytes, sizes), multipartBoundary(contentType) ?? '')
          expect(parts).toEqual(
            files.map(({ path, content }) => ({
              filename: path,
              type: 'application/octet-stream',
              content: Buffer.from(content).toString('latin1')
            }))
          )
        }
      )
    )
  })

  it('keeps what only begins as its boundary does, wherever it is cut', async () => {
    const content = '\r\r\n\r\n-\r\n--\r\n--a\r\n--\r\n-\r\n\r'
    const body = `--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n${content}\r\n--b--\r\n`
    for (let size = 1; size < body.length; size += 1) {
      expect((await read(body, [size])).map((part) => part.content)).toEqual([content])
    }
  })

  it('takes + in a file name for a blank, as Kubo sends it', async () => {
    const [part] = await read(
      '--b\r\nContent-Disposition: form-data; name="file"; filename="a+b%2Fc"\r\n\r\nx\r\n--b--\r\n'
    )
    expect(part?.filename).toBe('a b/c')
  })

  it('goes on with the next part when one was not read', async () => {
    const names: string[] = []
    const body = Buffer.from('--b\r\n\r\nfirst\r\n--b\r\nContent-Type: t\r\n\r\nsecond\r\n--b--')
    for await (const { type } of readMultipart(chunked(body, [3]), 'b')) names.push(type)
    expect(names).toEqual(['', 't'])
  })

  it('may be empty', async () => expect(await read('--b--\r\n')).toEqual([]))

  it.each([
    ['begins with something else', 'hello'],
    ['ends early', '--b\r\n\r\nfirst\r\n--b'],
    ['ends in a header', '--b\r\nContent-Type: x'],
    ['goes on after a boundary', '--b\r\n\r\nx\r\n--bxx'],
    ['has a header without end', `--b\r\nX: ${'y'.repeat(17_000)}\r\n\r\n`],
    ['has headers without end', `--b\r\n${'X: y\r\n'.repeat(17)}\r\n`],
    ['has a name that is not encoded', '--b\r\nContent-Disposition: form-data; filename="%zz"\r\n\r\nx\r\n--b--']
  ])('that %s is refused', async (_what, text) => {
    await expect(read(text)).rejects.toMatchObject({ name: 'ApiError', kind: 'parse' })
  })
})

async function* candidates(files: readonly { path: string; content: Uint8Array }[]): AsyncGenerator<AddCandidate> {
  for (const { path, content } of files) {
    yield await Promise.resolve({ type: 'file' as const, path, content: chunked(content, [64]) })
  }
}

it('an upload does not hold back what it has while a file rests', async () => {
  const more = Promise.withResolvers<Uint8Array>()
  const content = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('begin')
    yield await more.promise
  }
  const files = async function* (): AsyncGenerator<AddCandidate> {
    yield await Promise.resolve({ type: 'file' as const, path: 'a', content: content() })
  }
  const { chunks } = writeMultipart(files())
  const first = await chunks.next()
  expect(Buffer.from(first.value as Uint8Array).toString()).toMatch(/\r\n\r\nbegin$/u)
  more.resolve(Buffer.from(' end'))
  expect(Buffer.from(await collect(chunks)).toString()).toMatch(/^ end\r\n--/u)
})
