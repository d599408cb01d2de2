import { readFile, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { barter, spawnBarter, startBarter } from '../support/barter.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const SLOW = 120_000

interface Written {
  readonly Identity: unknown
  readonly Barter?: { readonly Limits?: unknown }
  readonly Swarm?: unknown
}

async function newRepo(): Promise<string> {
  const repo = join(await temporaryDirectory(), 'repo')
  expect(await barter(['init', '--profile', 'test'], { repo })).toMatchObject({ code: 0 })
  return repo
}

async function read(repo: string): Promise<Written> {
  return JSON.parse(await readFile(join(repo, 'config'), 'utf8')) as Written
}

/** An editor that runs this on the config. */
async function editor(change: string): Promise<string> {
  const script = join(await temporaryDirectory(), 'editor.mjs')
  const head = `import { readFileSync, writeFileSync } from 'node:fs'\nconst file = process.argv.at(-1)\n`
  const body = `const config = JSON.parse(readFileSync(file, 'utf8'))\n${change}\n`
  await writeFile(
    script,
    `${head}${body}writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config))\n`
  )
  return `"${process.execPath}" "${script}"`
}

describe('settings on the command line', () => {
  it(
    'are not taken for a key where a word of other programs is written',
    async () => {
      const repo = await newRepo()
      const before = await read(repo)
      for (const [words, meant] of [
        [['get', 'Routing.Type'], '"config get" is no command: did you mean "barter config Routing.Type"?'],
        [
          ['set', 'Routing.Type', 'none'],
          '"config set" is no command: did you mean "barter config Routing.Type none"?'
        ],
        [['unset', 'Routing.Type'], 'did you mean "barter config --json Routing.Type null"?'],
        [['Routing.Type', 'none', 'more'], 'too many arguments: expected a key and a value']
      ] as const) {
        const { code, stderr } = await barter(['config', ...words], { repo })
        expect([code, stderr]).toEqual([1, expect.stringContaining(meant)])
      }
      expect(await read(repo)).toEqual(before)
    },
    SLOW
  )

  it(
    'are changed in an editor, and not when that went wrong',
    async () => {
      const repo = await newRepo()
      const before = await read(repo)
      const good = await editor('config.Swarm = { ConnMgr: { HighWater: 77 }, Strange: 1 }')
      const done = await barter(['config', 'edit'], { repo, env: { VISUAL: '', EDITOR: good } })
      const note = 'nothing reads `Swarm.Strange`; it is kept for other programs, and `barter config edit` removes it'
      expect(done).toEqual({ code: 0, stdout: `${join(repo, 'config')} is changed\n${note}\n`, stderr: '' })
      expect(await read(repo)).toEqual({ ...before, Swarm: { ConnMgr: { HighWater: 77 }, Strange: 1 } })
      const after = await readFile(join(repo, 'config'), 'utf8')
      const wrong = await editor('config.Swarm = { ConnMgr: { HighWater: "many" } }')
      const refused = await barter(['config', 'edit'], { repo, env: { VISUAL: '', EDITOR: wrong } })
      expect(refused.code).toBe(1)
      expect(refused.stderr).toContain('Swarm.ConnMgr.HighWater is "many": expected a whole number from 1')
      const failed = await barter(['config', 'edit'], { repo, env: { VISUAL: '', EDITOR: 'false' } })
      expect(failed.stderr).toBe('Error: the editor "false" failed: nothing is changed\n')
      expect(existsSync(join(repo, 'config.edit'))).toBe(false)
      expect(await readFile(join(repo, 'config'), 'utf8')).toBe(after)
    },
    SLOW
  )

  it(
    'are replaced by a file, but for the identity',
    async () => {
      const repo = await newRepo()
      const before = await read(repo)
      const file = join(await temporaryDirectory(), 'new.json')
      await writeFile(
        file,
        JSON.stringify({ ...before, Identity: undefined, Barter: { Limits: { Upload: '5MB' } }, Strange: 1 })
      )
      const { code, stdout, stderr } = await barter(['config', 'replace', file], { repo })
      expect([code, stderr, stdout]).toEqual([0, '', expect.not.stringContaining('nothing changed')])
      expect(await read(repo)).toMatchObject({
        Identity: before.Identity,
        Barter: { Limits: { Upload: '5MB' } },
        Strange: 1
      })
      const same = await barter(['config', 'replace', file, '--json'], { repo })
      expect(JSON.parse(same.stdout)).toMatchObject({ Changed: [], Notes: [expect.stringContaining('`Strange`')] })
      await writeFile(file, '{"Bar')
      expect((await barter(['config', 'replace', file], { repo })).stderr).toBe(`Error: ${file} is not JSON\n`)
    },
    SLOW
  )

  it(
    'follow a profile, which can be looked at first',
    async () => {
      const repo = await newRepo()
      const before = await read(repo)
      const dry = await barter(['config', 'profile', 'apply', 'lowpower', '--dry-run'], { repo })
      expect(dry.stdout).toMatch(/^Swarm\.ConnMgr\.HighWater: .+ -> \d+$/mu)
      expect(await read(repo)).toEqual(before)
      expect(await barter(['config', 'profile', 'apply', 'lowpower'], { repo })).toMatchObject({ code: 0, stderr: '' })
      expect(await read(repo)).not.toEqual(before)
      const wrong = await barter(['config', 'profile', 'apply', 'lowpwer'], { repo })
      expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('lowpower') as string })
    },
    SLOW
  )

  it(
    'can be seen, mended and examined while the stores cannot be opened',
    async () => {
      const repo = await newRepo()
      expect(await barter(['add', '-Q'], { repo, input: 'kept' })).toMatchObject({ code: 0 })
      const good = await read(repo)
      const elsewhere = { ...good, Barter: { Blocks: 'fs:elsewhere' } }
      const file = join(await temporaryDirectory(), 'new.json')
      await writeFile(file, JSON.stringify(elsewhere))
      const refused = /the data of this repo lies in .*fs:blocks.*: leave them as they are/su
      expect((await barter(['config', 'Barter.Blocks', 'fs:elsewhere'], { repo })).stderr).toMatch(refused)
      expect((await barter(['config', 'replace', file], { repo })).stderr).toMatch(refused)
      const editing = { VISUAL: '', EDITOR: await editor('config.Barter = { Blocks: "fs:elsewhere" }') }
      expect((await barter(['config', 'edit'], { repo, env: editing })).stderr).toMatch(refused)
      expect(await read(repo)).toEqual(good)
      await writeFile(join(repo, 'config'), JSON.stringify(elsewhere))
      expect((await barter(['repo', 'stat'], { repo })).stderr).toContain('set Barter.Blocks')
      expect(await barter(['config', 'Barter.Blocks'], { repo })).toMatchObject({ code: 0, stdout: 'fs:elsewhere\n' })
      expect(await barter(['config', 'show', '--origin'], { repo })).toMatchObject({ code: 0, stderr: '' })
      const ill = await barter(['doctor'], { repo })
      expect(ill.stdout).toMatch(/PROBLEM its stores cannot be opened: .*: set Barter\.Blocks/u)
      await writeFile(file, JSON.stringify(good))
      expect(await barter(['config', 'replace', file], { repo })).toMatchObject({ code: 0, stderr: '' })
      expect((await barter(['repo', 'stat'], { repo })).code).toBe(0)
    },
    SLOW
  )

  it(
    'a variable that sets nothing is told of once by who looks at them, with a daemon and without',
    async () => {
      const repo = await newRepo()
      const env = { BARTER_SWARM_CONMGR_HIGHWATER: '1' }
      const told = 'Warning: the variable BARTER_SWARM_CONMGR_HIGHWATER sets nothing. Did you mean'
      const stderr = async () => (await barter(['config', 'show'], { repo, env })).stderr
      expect(await stderr()).toBe(`${told} BARTER_SWARM_CONNMGR_HIGHWATER?\n`)
      await startBarter(repo)
      expect(await stderr()).toBe(`${told} BARTER_SWARM_CONNMGR_HIGHWATER?\n`)
      expect((await barter(['config', 'show'], { repo })).stderr).toBe('')
    },
    SLOW
  )

  it(
    'are not refused as JSON without the option that makes it JSON',
    async () => {
      const repo = await newRepo()
      const value = '["/ip4/127.0.0.1/tcp/0"]'
      const { code, stderr } = await barter(['config', 'Addresses.Swarm', value], { repo })
      const advice = `use --json, as in "barter config --json Addresses.Swarm '${value}'"`
      expect([code, stderr]).toEqual([1, expect.stringContaining(advice)])
      const wrong = await barter(['config', 'Addresses.Swarm', '[/ip4'], { repo })
      expect(wrong.stderr).toContain('expected')
    },
    SLOW
  )

  it(
    'a key that nothing reads is told of at the start, and by the doctor',
    async () => {
      const repo = await newRepo()
      await barter(['config', '--json', 'Swarm.ConMgr', '{"HighWater":5}'], { repo })
      const note =
        'nothing reads `Swarm.ConMgr` (did you mean `Swarm.ConnMgr`?); it is kept for other programs, and `barter config edit` removes it'
      expect((await barter(['doctor'], { repo })).stdout).toContain(`warning ${note}`)
      const daemon = spawnBarter(['daemon'], { repo })
      onTestFinished(() => void daemon.kill('SIGKILL'))
      const told: string[] = []
      for await (const line of createInterface(daemon.stderr ?? process.stdin)) {
        told.push(line)
        if (line.includes('nothing reads')) break
      }
      expect(told.at(-1)).toBe(`Warning: ${note}`)
    },
    SLOW
  )

  it.each([
    [['replace', '/nowhere'], 1, 'there is no file or folder "/nowhere"'],
    [['Swarm.ConnMgr.Highwater'], 1, 'Did you mean Swarm.ConnMgr.HighWater?'],
    [['Barter.Limits.Uplaod', '5'], 1, 'did you mean Barter.Limits.Upload?'],
    [['Swarm.ConMgr.HighWater', '5'], 0, '`Swarm.ConMgr` (did you mean `Swarm.ConnMgr`?)']
  ])(
    '%j is told what was meant',
    async (args, code, words) => {
      const told = await barter(['config', ...args], { repo: await newRepo() })
      expect([told.code, told.stdout + told.stderr]).toEqual([code, expect.stringContaining(words)])
    },
    SLOW
  )

  it(
    'take hold in a running daemon on SIGHUP and by command; of the rest it is said that a restart is needed',
    async () => {
      const repo = await newRepo()
      const daemon = await startBarter(repo)
      const config = await read(repo)
      await writeFile(join(repo, 'config'), JSON.stringify({ ...config, Barter: { Limits: { Upload: '5MB' } } }))
      daemon.process.kill('SIGHUP')
      await expect.poll(() => daemon.lines, { timeout: 20_000 }).toContain('in force now: Barter.Limits.Upload')
      const limits = await barter(['bitswap', 'limits', '--json'], { repo })
      expect(JSON.parse(limits.stdout)).toMatchObject({ Upload: 5_000_000 })
      const live = await barter(['config', 'Barter.Limits.Upload', '6MB'], { repo })
      expect(live.stdout).toBe('in force now: Barter.Limits.Upload\n')
      const later = await barter(['config', 'Bitswap.Strategy', 'round-robin'], { repo })
      expect(later.stdout).toBe('restart needed: Bitswap.Strategy\n')
      await writeFile(join(repo, 'config'), '{"oops')
      daemon.process.kill('SIGHUP')
      expect((await barter(['config', 'reload'], { repo })).stderr).toContain('it is not JSON')
      expect((await barter(['id', '-f', '<id>'], { repo })).code).toBe(0)
    },
    SLOW
  )
})
