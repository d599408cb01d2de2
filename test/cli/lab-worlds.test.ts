import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { barter } from '../support/barter.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const TINY = {
  name: 'tiny',
  topology: { seed: 1, leech: 2 },
  content: { file_size: 300_000 },
  exchange: { providerSearchDelayMs: 0 }
}

/** Tells on standard output when libp2p is loaded, in the main thread or another. */
const SPY = `data:text/javascript,${encodeURIComponent(`
  import { writeSync } from 'node:fs'
  import { registerHooks } from 'node:module'
  registerHooks({ resolve(name, context, next) { if (name === 'libp2p') writeSync(1, 'LOADED\\n'); return next(name, context) } })
`)}`
const SPIED = { NODE_OPTIONS: `--import ${SPY}` }

async function scenario(json: unknown = TINY): Promise<{ file: string; out: string }> {
  const directory = await temporaryDirectory()
  const file = join(directory, 'scenario.json')
  await writeFile(file, JSON.stringify(json))
  return { file, out: join(directory, 'out') }
}

describe('barter lab run --world', () => {
  test('both keeps the runs of each kind, and the report sets them side by side', async () => {
    const { file, out } = await scenario()
    const run = await barter(['lab', 'run', file, '--seeds', '1', '--world', 'both', '--out', out], { env: SPIED })
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' })
    expect(run.stdout).toContain('LOADED')
    expect(run.stdout).toMatch(/^debt-ratio \/ barter \(libp2p\) +\d+ ms /mu)
    const cells = (await readFile(join(out, 'cells.ndjson'), 'utf8')).trim().split('\n')
    const kinds = cells.map((line) => JSON.parse(line) as { worldKind: string; eventHash: string })
    expect(kinds.map(({ worldKind }) => worldKind)).toEqual(['virtual', 'libp2p'])
    expect(kinds[1]?.eventHash).toBe('none')
    expect(JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8'))).toMatchObject({
      format: 2,
      worlds: ['virtual', 'libp2p'],
      worldsAbout: { libp2p: expect.stringContaining('user space') as unknown }
    })
    expect(await readFile(join(out, 'metrics.csv'), 'utf8')).toMatch(/^tiny,.*,time_to_fetch,.*,ms,libp2p$/mu)
    const report = await barter(['lab', 'report', out])
    // Two leaves and a root, for each of two leeches, in either world.
    expect(report.stdout).toMatch(/^ {2}fetched_blocks +6 +6 +0\.0 %$/mu)
    expect(report.stdout).toContain('residuals.csv')
    expect(await readFile(join(out, 'report.html'), 'utf8')).toContain('Virtual time and real libp2p')
  })

  test('virtual, which needs no saying, does not load libp2p', async () => {
    const { file, out } = await scenario()
    const { code, stdout } = await barter(['lab', 'run', file, '--seeds', '1', '--out', out], { env: SPIED })
    expect(code).toBe(0)
    expect(stdout).not.toContain('LOADED')
  })

  test.each([
    [TINY, 'real', 'expected one of virtual, libp2p, both'],
    [{ ...TINY, topology: { leech: 40 } }, 'libp2p', 'expected 30 peers at most']
  ])('says what it cannot do before anything is run: %j %s', async (json, kind, message) => {
    const { file, out } = await scenario(json)
    const { code, stderr } = await barter(['lab', 'run', file, '--world', kind, '--out', out])
    expect(code).not.toBe(0)
    expect(stderr).toContain(message)
  })
})
