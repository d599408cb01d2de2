import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { untilStopped } from '../../src/cli/until-stopped.ts'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { spawnBarter, startBarter } from '../support/barter.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

describe('what goes on until Ctrl-C', () => {
  const failing = (signal: AbortSignal) => untilStopped({ signal }, () => Promise.reject(new Error('cut off')))

  it('ends with it, and that is no failure', async () => {
    await failing(AbortSignal.abort(new DOMException('interrupted', 'AbortError')))
  })

  it.each([
    ['stats', 'bw', '--poll', '--interval', '20ms'],
    ['stats', 'bw', '--poll', '--interval', '20ms', '--json']
  ])('%s %s %s ends in silence', { timeout: 60_000 }, async (...args) => {
    const repo = join(await temporaryDirectory(), 'repo')
    await initRepo(repo, { profile: 'test' })
    await startBarter(repo)
    const child = spawnBarter(args, { repo })
    const told: string[] = []
    child.stderr?.on('data', (chunk: Buffer) => told.push(chunk.toString()))
    const ended = once(child, 'close')
    if (child.stdout === null) throw new Error('its output is piped')
    await once(child.stdout, 'data')
    child.stdout.resume()
    child.kill('SIGINT')
    expect([...((await ended) as unknown[]), told.join('')]).toEqual([0, null, ''])
  })

  it('fails by itself, or when its time is up', async () => {
    await expect(failing(new AbortController().signal)).rejects.toThrow('cut off')
    await expect(failing(AbortSignal.abort(new DOMException('time is up', 'TimeoutError')))).rejects.toThrow('cut off')
  })
})
