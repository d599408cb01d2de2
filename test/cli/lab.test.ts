import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HYPOTHESES } from '../../src/laboratory/hypotheses/catalogue.ts'
import { REPRODUCTIONS } from '../../src/laboratory/reproduce/catalogue.ts'
import { barter } from '../support/barter.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const TINY = {
  name: 'tiny',
  seeds: { count: 2 },
  topology: { seed: 1, leech: 3 },
  content: { file_size: 300_000 },
  server: ['fair-share', 'debt-ratio']
}

async function scenarioFile(json: unknown): Promise<{ file: string; out: string }> {
  const directory = await temporaryDirectory()
  const file = join(directory, 'scenario.json')
  await writeFile(file, typeof json === 'string' ? json : JSON.stringify(json))
  return { file, out: join(directory, 'out') }
}

describe('barter lab run', () => {
  test('runs a scenario file, prints a line for each pair of strategies, and keeps the results', async () => {
    const { file, out } = await scenarioFile(TINY)
    const { code, stdout, stderr } = await barter(['lab', 'run', file, '--workers', '2', '--out', out])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^fair-share \/ barter +\d+ ms /mu)
    expect(stdout).toMatch(/^debt-ratio \/ barter +\d+ ms /mu)
    expect((await readFile(join(out, 'cells.ndjson'), 'utf8')).trim().split('\n')).toHaveLength(4)
    expect(await readFile(join(out, 'metrics.csv'), 'utf8')).toMatch(
      /^tiny,fair-share,barter,1,1,leech,time_to_fetch,/mu
    )
  })

  test('takes strategies and seeds from the command line', async () => {
    const { file, out } = await scenarioFile(TINY)
    const args = ['lab', 'run', file, '--strategies', 'generous', '--seeds', '4..5', '--out', out, '--json']
    const { stdout } = await barter(args)
    expect(JSON.parse(stdout)).toMatchObject({ Strategies: 'generous / barter', failed: 0 })
    expect(await readFile(join(out, 'cells.ndjson'), 'utf8')).toContain('"seed":5')
  })

  test('leaves what is in a directory alone: it replaces earlier results when told to, and nothing else', async () => {
    const { file, out } = await scenarioFile({ ...TINY, server: 'fair-share' })
    const run = (...more: string[]): ReturnType<typeof barter> => barter(['lab', 'run', file, '--out', out, ...more])
    await mkdir(join(out, 'figures'), { recursive: true })
    await writeFile(join(out, 'figures', 'mine.svg'), 'mine')
    await writeFile(join(out, 'report.html'), 'mine')
    const foreign = await run('--force')
    expect(foreign.stderr).toContain(`${out} holds files, and no results of`)
    expect(foreign.code).not.toBe(0)
    expect(await readFile(join(out, 'report.html'), 'utf8')).toBe('mine')
    expect((await readdir(out)).toSorted()).toEqual(['figures', 'report.html'])

    const results = join(out, 'results')
    const again = (...more: string[]): ReturnType<typeof barter> => run('--seeds', '1', '--out', results, ...more)
    expect(await again()).toMatchObject({ code: 0 })
    const fresh = await readdir(results)
    expect(await barter(['lab', 'report', results])).toMatchObject({ code: 0 })
    const before = await readdir(results, { recursive: true })
    const cells = await readFile(join(results, 'cells.ndjson'), 'utf8')
    const refused = await again()
    expect(refused.stderr).toContain(`${results} holds earlier results: name another directory with --out, or`)
    expect(refused.code).not.toBe(0)
    expect(await readdir(results, { recursive: true })).toEqual(before)
    expect(await readFile(join(results, 'cells.ndjson'), 'utf8')).toBe(cells)

    const theirs = [join('figures', 'mine.svg'), 'notes.txt']
    for (const name of theirs) await writeFile(join(results, name), 'mine')
    expect(await again('--force', '--seeds', '2')).toMatchObject({ code: 0 })
    expect((await readdir(results, { recursive: true })).toSorted()).toEqual(
      [...fresh, 'figures', ...theirs].toSorted()
    )
    expect(await readFile(join(results, 'cells.ndjson'), 'utf8')).toContain('"seed":2')
  })

  test('shows a dash for the last complete file where some never were', async () => {
    const { file, out } = await scenarioFile({ ...TINY, server: 'fair-share', limit_ms: 12 })
    const { stdout } = await barter(['lab', 'run', file, '--out', out])
    expect(stdout).toMatch(/^fair-share \/ barter +– +– +\d+\.\d % +\d+ +3$/mu)
  })

  test.each([
    [{ ...TINY, topology: { leech: 'three' } }, [], 'topology.leech is "three": expected a whole number'],
    ['{', [], 'is not JSON'],
    [TINY, ['--strategies', 'fairest'], 'fairest'],
    [TINY, ['--clients', 'nobody'], 'nobody'],
    [TINY, ['--seeds', '5..1'], 'expected seeds such as 1..30']
  ])('says what is wrong before anything is run: %j %j', async (json, options, message) => {
    const { file, out } = await scenarioFile(json)
    const { code, stderr } = await barter(['lab', 'run', file, ...options, '--out', out])
    expect(code).not.toBe(0)
    expect(stderr).toContain(message)
  })

  test('names the scenarios when it finds no file', async () => {
    const { stderr } = await barter(['lab', 'run', 'nowhere.json'])
    expect(stderr).toContain('one of the scenarios swarm, ')
  })
})

test.each([
  ['tournament', 'kept', 'kept is not empty'],
  ['reproduce a1', 'kept/mine', 'mine is there already']
])('barter lab %s writes over nothing, and says so before anything is run', async (command, name, message) => {
  const directory = await temporaryDirectory()
  await mkdir(join(directory, 'kept'))
  await writeFile(join(directory, 'kept', 'mine'), 'mine')
  const { code, stdout, stderr } = await barter(['lab', ...command.split(' '), '--out', join(directory, name)])
  expect({ code: code === 0, stdout }).toEqual({ code: false, stdout: '' })
  expect(stderr).toContain(message)
  expect(await readFile(join(directory, 'kept', 'mine'), 'utf8')).toBe('mine')
})

test('barter lab list names scenarios', async () => {
  const { stdout } = await barter(['lab', 'list'])
  expect(stdout).toContain('gateway')
  // All that `lab reproduce` takes.
  for (const { name } of [...REPRODUCTIONS, ...HYPOTHESES]) expect(stdout).toContain(`\n  ${name.padEnd(28)} `)
})
