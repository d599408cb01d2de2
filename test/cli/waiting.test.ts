/** What is told while a command waits in vain, from the command to the peer that knows why. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { runCli } from '../../src/cli/run.ts'
import { placeOf } from '../../src/storage/layout.ts'
import { numberedBlock, type SampleBlock } from '../../src/testing/sample-blocks.ts'
import { eventually } from '../support/eventually.ts'
import { openDaemon, type OpenDaemon } from '../support/open-daemon.ts'

const [WANTED, ALSO, OTHER] = [numberedBlock(1), numberedBlock(2), numberedBlock(3)]
/** Longer than a want may take before its peer says why. */
const LONG_MS = 6_000

/** No time passes between two looks of a command: only what comes in between. */
async function atOnce(_ms: number, signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  signal.throwIfAborted()
}

/** Standard output and error of this process, and whether somebody looks at the second. */
function terminal(isTTY: boolean) {
  const written = { out: '', err: '' }
  const into = (name: 'out' | 'err') => (data: string | Uint8Array, done?: unknown) => {
    written[name] += Buffer.from(data).toString('latin1')
    if (typeof done === 'function') queueMicrotask(() => void Reflect.apply(done, undefined, []))
    return true
  }
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(into('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(into('err'))
  ]
  const before = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY')
  Object.defineProperty(process.stderr, 'isTTY', { value: isTTY, configurable: true })
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore()
    Object.defineProperty(process.stderr, 'isTTY', before ?? { value: undefined, configurable: true })
  })
  return written
}

/** Without what was drawn over. */
function linesOf(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => line.split('\u001b[K').at(-1) || [])
}

/** What goes by a clock that can be put forward. */
function clockAhead(): (ms: number) => void {
  const now = performance.now.bind(performance)
  let ahead = 0
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => now() + ahead)
  onTestFinished(() => spy.mockRestore())
  return (ms) => void (ahead += ms)
}

/** It is not here, and is looked for elsewhere. */
async function waits({ daemon }: OpenDaemon, { cid }: SampleBlock): Promise<void> {
  const { insight } = daemon.peer.bitswap
  await eventually(() => insight.want(cid)?.phase === 'searching', `${cid.toString()} is searched for`)
}

it('is why the block of this command does not come, once, and ends with the command', async () => {
  const forward = clockAhead()
  const world = await openDaemon()
  const written = terminal(true)
  // Somebody else waits for longer, and for the same block as well.
  const gone = new AbortController()
  const others = [OTHER, WANTED].map(({ cid }) =>
    fetch(`${world.url}/api/v0/block/get?arg=${cid.toString()}`, { method: 'POST', signal: gone.signal })
  )
  await Promise.all([OTHER, WANTED].map((block) => waits(world, block)))
  const [one, other] = [WANTED, ALSO].map(({ cid }) =>
    runCli(['block', 'get', cid.toString(), '--repo-dir', world.root], { wait: atOnce })
  )
  await waits(world, ALSO)
  forward(LONG_MS)
  const told = (): readonly string[] => linesOf(written.err).toSorted()
  const line = ({ cid }: SampleBlock): string =>
    `waiting for ${cid.toString()}: no peer is connected; … ("barter --repo-dir ${world.root} doctor ${cid.toString()}" tells more)`
  await eventually(() => told().length >= 2, 'both commands told why')
  for (const { cid, bytes } of [WANTED, ALSO]) await world.daemon.peer.bitswap.put(cid, bytes)
  expect([await one, await other]).toEqual([0, 0])
  // Routing may have answered by then.
  expect(told().map((text) => text.replace(/routing .*(?= \()/u, '…'))).toEqual([WANTED, ALSO].map(line).sort())
  expect(written.out).toHaveLength(WANTED.bytes.length + ALSO.bytes.length)
  gone.abort()
  await Promise.allSettled(others)
})

it('is that the copy here was damaged', async () => {
  const forward = clockAhead()
  const world = await openDaemon()
  const written = terminal(true)
  const { directory = '', file = '' } = placeOf(WANTED.cid) ?? {}
  const shard = join(world.root, 'blocks', directory)
  await mkdir(shard, { recursive: true })
  await writeFile(join(shard, file), 'not that block')
  const id = WANTED.cid.toString()
  const code = runCli(['block', 'get', id, '--repo-dir', world.root], { wait: atOnce })
  await waits(world, WANTED)
  forward(LONG_MS)
  // The daemon, in this process, tells its log before.
  await eventually(() => written.err.includes('from other peers)\n'), 'the command told why')
  await world.daemon.peer.bitswap.put(WANTED.cid, WANTED.bytes)
  expect(await code).toBe(0)
  expect(written.err).toMatch(
    new RegExp(
      `^the copy of ${id} here was damaged, and it is being fetched anew: no peer .*"barter --repo-dir .* doctor ${id}".* --heal.*$`,
      'mu'
    )
  )
})

it('is told in a pipe as well, and again with how long it has been', async () => {
  const forward = clockAhead()
  const world = await openDaemon()
  const written = terminal(false)
  const id = WANTED.cid.toString()
  const wait = (ms: number, signal: AbortSignal): Promise<void> => {
    forward(ms)
    return atOnce(ms, signal)
  }
  const code = runCli(['block', 'get', id, '--repo-dir', world.root], { wait })
  await waits(world, WANTED)
  await eventually(() => written.err.includes('tells more)\n'), 'the command told why')
  const again = new RegExp(`^waiting for ${id} \\(3\\d s so far\\): .*"barter --repo-dir .* doctor`, 'mu')
  await eventually(() => again.test(written.err), 'the command told that it waits still')
  await world.daemon.peer.bitswap.put(WANTED.cid, WANTED.bytes)
  expect([await code, written.err.includes('\r')]).toEqual([0, false])
})

it('is nothing as JSON', async () => {
  const forward = clockAhead()
  const world = await openDaemon()
  const written = terminal(true)
  const wait = vi.fn(atOnce)
  const id = WANTED.cid.toString()
  const code = runCli(['block', 'get', id, '--repo-dir', world.root, '--json'], { wait })
  await waits(world, WANTED)
  forward(LONG_MS)
  await world.daemon.peer.bitswap.put(WANTED.cid, WANTED.bytes)
  expect([await code, written.err, wait.mock.calls]).toEqual([0, '', []])
})
