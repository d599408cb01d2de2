import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { barter } from '../support/barter.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const SCENARIO = { name: 'tiny', topology: { leech: 3 }, content: { file_size: 600_000 }, workload: { kind: 'trade' } }

/** A strategy that serves the first or the last that waits. */
const own = (which: string): string =>
  `export default { name: 'own', about: 'mine', source: 'me', create: () => ({ next: (all) => all.at(${which}) }) }`

async function results(): Promise<{
  directory: string
  module: string
  out: string
  run: (out: string) => Promise<void>
}> {
  const directory = await temporaryDirectory()
  const [file, module, out] = ['scenario.json', 'own.mjs', 'out'].map((name) => join(directory, name)) as [
    string,
    string,
    string
  ]
  await writeFile(file, JSON.stringify(SCENARIO))
  await writeFile(module, own('0'))
  const run = async (to: string): Promise<void> => {
    const args = ['lab', 'run', file, '--strategies', `fifo,${module}`, '--seeds', '1', '--workers', '1', '--out', to]
    expect(await barter(args)).toMatchObject({ code: 0 })
  }
  await run(out)
  return { directory, module, out, run }
}

const replayArgs = (out: string, ...more: string[]): string[] => {
  return ['lab', 'replay', out, '--peer', '1', '--until', '50ms', ...more]
}

test('a replay says that it is the run of the results, or that it is not, and why that may be', async () => {
  const { module, out } = await results()
  const same = await barter(replayArgs(out))
  expect(same).toMatchObject({ code: 0, stderr: '' })
  expect(same.stdout).toMatch(/^The run did the same as the one in the results: event hash [0-9a-f]{64}$/mu)

  const cells = join(out, 'cells.ndjson')
  const text = await readFile(cells, 'utf8')
  await writeFile(cells, text.replaceAll(/"eventHash":"[^"]+"/gu, '"eventHash":"00ff"'))
  const other = await barter(replayArgs(out, '--server', module))
  expect(other.stderr).toMatch(
    /^Careful: this is not the run in the results: its event hash was 00ff, and is [0-9a-f]{64}\.$/mu
  )
  expect(other.stderr).toMatch(/another commit of Barter .* or of another module/u)
  expect(other.stdout).not.toContain('did the same')
  const json = await barter(replayArgs(out, '--json'))
  expect(JSON.parse(json.stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
    eventHash: { recorded: '00ff', changedModules: [] }
  })

  await writeFile(cells, '')
  expect((await barter(replayArgs(out))).stderr).toContain('hold no such run in virtual time')
}, 60_000)

test('a module that has changed is told of by a replay, and by a comparison', async () => {
  const { directory, module, out, run } = await results()
  const manifest = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8')) as { modules: unknown }
  expect(manifest.modules).toEqual([
    { reference: module, path: module, sha256: expect.stringMatching(/^[0-9a-f]{64}$/u) as unknown }
  ])
  await writeFile(module, own('-1'))
  const changed = `the module ${module} changed: its sha2-256 was `
  expect((await barter(replayArgs(out, '--server', module))).stderr).toContain(`Careful: ${changed}`)
  expect((await barter(replayArgs(out, '--server', 'fifo'))).stderr).toBe('')
  const after = join(directory, 'after')
  await run(after)
  expect((await barter(['lab', 'diff', out, after])).stdout).toContain(`Careful: ${changed}`)
  const same = (await barter(['lab', 'diff', out, out])).stdout
  expect(same).not.toContain('module')
  expect(same).toContain('A shift is <after> minus <before>')
  expect(same).toMatch(/: last_complete \(ms\) +\d+ +0 /u)
}, 60_000)
