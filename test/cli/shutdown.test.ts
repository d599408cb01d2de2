import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { barter, spawnBarter, startBarter, type RunningDaemon } from '../support/barter.ts'
import { findFreePort } from '../../src/node/libp2p/listen.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const SLOW = 120_000

async function newRepo(): Promise<string> {
  const repo = join(await temporaryDirectory(), 'repo')
  expect(await barter(['init', '--profile', 'test'], { repo })).toMatchObject({ code: 0 })
  return repo
}

/** A request to the API that is never finished, which a stop waits for a little. */
async function dawdle({ lines }: RunningDaemon): Promise<void> {
  const port = Number(
    lines
      .find((line) => line.startsWith('RPC API server'))
      ?.split('/')
      .at(-1)
  )
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  await new Promise((resolve) => socket.write('POST /api/v0/add HTTP/1.1\r\nHost: 127.0', resolve))
}

describe('a daemon that is told to end', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s keeps what it acknowledged, and ends what it did not',
    async (signal) => {
      const repo = await newRepo()
      const daemon = await startBarter(repo)
      const stored = (await barter(['add', '-Q'], { repo, input: 'acknowledged' })).stdout.trim()
      const adding = spawnBarter(['add', '-Q'], { repo })
      const errors: Buffer[] = []
      adding.stderr?.on('data', (chunk: Buffer) => errors.push(chunk))
      const added = once(adding, 'close')
      adding.stdin?.on('error', () => undefined)
      adding.stdin?.write(Buffer.alloc(1024 * 1024, 'x'))
      const commands = async (): Promise<string> => (await barter(['diag', 'cmds', '--json'], { repo })).stdout
      await expect.poll(commands, { timeout: 60_000 }).toMatch(/"Active":true,"Command":"add"/u)
      daemon.process.kill(signal)
      expect(await daemon.ended).toEqual([0, null])
      expect(daemon.lines.at(-1)).toBe('Daemon has stopped')
      expect(await added).toEqual([1, null])
      expect(Buffer.concat(errors).toString()).toBe('Error: the daemon is shutting down\n')
      expect((await barter(['cat', stored, '--offline'], { repo })).stdout).toBe('acknowledged')
    },
    SLOW
  )

  it(
    'ends at once when it is told twice, and its repo is good for the next',
    async () => {
      const repo = await newRepo()
      const daemon = await startBarter(repo)
      await dawdle(daemon)
      daemon.process.kill('SIGTERM')
      await expect.poll(() => daemon.lines, { interval: 5, timeout: 20_000 }).toContain('Shutting down …')
      daemon.process.kill('SIGINT')
      expect(await daemon.ended).toEqual([null, 'SIGINT'])
      expect(await barter(['repo', 'verify'], { repo })).toMatchObject({ code: 0 })
    },
    SLOW
  )
})

it(
  'a daemon answers only once its peer is ready',
  async () => {
    const repo = await newRepo()
    const port = await findFreePort('127.0.0.1')
    await barter(['config', 'Addresses.API', `/ip4/127.0.0.1/tcp/${port}`], { repo })
    const starting = startBarter(repo)
    let answer: Response | undefined
    while (answer === undefined) {
      answer = await fetch(`http://127.0.0.1:${port}/api/v0/id`, { method: 'POST' }).catch(() => undefined)
      if (answer === undefined) await delay(5)
    }
    expect(answer.status).toBe(200)
    const { Addresses } = (await answer.json()) as { Addresses: readonly string[] }
    expect(Addresses).toContain((await starting).address)
  },
  SLOW
)
