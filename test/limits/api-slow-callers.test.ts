import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { request, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { barter, startBarter } from '../support/barter.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { report } from './support/scale.ts'

const CALLS = 1_000

interface Times {
  readonly answered: number
  readonly p50Ms: number
  readonly p99Ms: number
}

async function callOften(port: number): Promise<Times> {
  const times: number[] = []
  for (let count = 0; count < CALLS; count++) {
    const start = performance.now()
    const outgoing = request({ host: '127.0.0.1', port, path: '/api/v0/version', method: 'POST', agent: false }).end()
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    await once(response.resume(), 'end')
    if (response.statusCode === 200) times.push(performance.now() - start)
  }
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Infinity
  return { answered: times.length, p50Ms: at(0.5), p99Ms: at(0.99) }
}

it('five hundred callers that send a byte now and then keep nobody else from being answered at once', async () => {
  const repo = join(await temporaryDirectory(), 'repo')
  await barter(['init', '--profile', 'test'], { repo })
  await startBarter(repo)
  const port = Number((await readFile(join(repo, 'api'), 'utf8')).split('/').at(-1))
  await callOften(port)
  const clean = await callOften(port)
  const attack = spawn(process.execPath, [join(import.meta.dirname, 'attacks', 'slow-callers.ts'), String(port)])
  onTestFinished(async () => {
    attack.kill('SIGKILL')
    await once(attack, 'close')
  })
  await once(attack.stdout, 'data')
  const attacked = await callOften(port)
  report('slow callers of the API', {
    answered: attacked.answered,
    p50Ms: attacked.p50Ms,
    p99Ms: attacked.p99Ms,
    cleanP50Ms: clean.p50Ms,
    cleanP99Ms: clean.p99Ms
  })
  expect(attacked.answered).toBe(CALLS)
  expect(attacked.p99Ms).toBeLessThan(50)
})
