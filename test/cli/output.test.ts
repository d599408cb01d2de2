import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { barter } from '../support/barter.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/** Takes nothing, as a disk that is full. */
const FULL = '/dev/full'

describe.runIf(existsSync(FULL))('output that cannot be written', { timeout: 60_000 }, () => {
  it.each([['--help'], ['id'], ['cat', 'bafkqac3imvwgy3zao5xxe3de']])('%s %s fails, and says so', async (...args) => {
    const repo = join(await temporaryDirectory(), 'repo')
    await initRepo(repo, { profile: 'test' })
    const full = await open(FULL, 'w')
    onTestFinished(() => full.close())
    const { code, stderr } = await barter(args, { repo, output: full.fd })
    expect(stderr).toMatch(/^Error: the output could not be written: ENOSPC.*\n$/u)
    expect(code).toBe(1)
  })
})
