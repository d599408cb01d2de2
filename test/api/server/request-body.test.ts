import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { collect } from '../../../src/api/formats/collect.ts'
import { readUpload } from '../../../src/api/server/request-body.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

const HEAD = '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
const HOUR_MS = 3_600_000

/** A body whose chunks come when they are sent. */
function slowBody(signal = new AbortController().signal) {
  const chunks = new TransformStream<Uint8Array, Uint8Array>()
  const writer = chunks.writable.getWriter()
  const send = (text: string): void => void writer.write(Buffer.from(text))
  const parts = readUpload(chunks.readable, { boundary: 'b', idleMs: 30_000, signal })
  return { send, end: () => void writer.close(), parts }
}

async function nextPart(parts: ReturnType<typeof readUpload>): Promise<AsyncGenerator<Uint8Array>> {
  const next = await parts.next()
  if (next.done === true) throw new Error('there is one more part')
  return next.value.content
}

async function readAll(parts: ReturnType<typeof readUpload>): Promise<void> {
  for await (const { content } of parts) await collect(content)
}

it('who sends a file may rest in it for hours', async () => {
  const { send, end, parts } = slowBody()
  send(HEAD)
  const text = collect(await nextPart(parts))
  for (const piece of ['one ', 'two ', 'three', '\r\n--b--\r\n']) {
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    send(piece)
  }
  expect(Buffer.from(await text).toString()).toBe('one two three')
  end()
  expect((await parts.next()).done).toBe(true)
})

it.each([
  ['before the first file', ''],
  ['in the headers of a file', HEAD.slice(0, -3)],
  ['after the last file', `${HEAD}x\r\n--b--\r\n`]
])('who rests %s is told so', async (_where, sent) => {
  const { send, parts } = slowBody()
  send(sent)
  const told = expect(readAll(parts)).rejects.toThrow('the body stopped: nothing of it came for 30 s')
  await vi.advanceTimersByTimeAsync(30_000)
  await told
})

it('a rest in a file ends with the command', async () => {
  const stop = new AbortController()
  const { send, parts } = slowBody(stop.signal)
  send(HEAD)
  const content = await nextPart(parts)
  const next = content.next()
  stop.abort(new Error('the time is over'))
  await expect(next).rejects.toThrow('the time is over')
})
