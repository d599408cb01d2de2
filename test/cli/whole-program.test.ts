import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createCli } from '../../src/cli/cli.ts'
import { COMMANDS } from '../../src/cli/command-table.ts'
import { completionScript, SHELLS } from '../../src/cli/completion/completion-script.ts'
import { completionPlaces } from '../../src/cli/completion/completion-words.ts'
import { VALUE_SETS } from '../../src/cli/completion/value-sets.ts'
import { allCommands, wholeProgram, type CommandPlace } from '../../src/cli/whole-program.ts'
import { barter } from '../support/barter.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const run = promisify(execFile)

const cli = createCli()
const all: readonly CommandPlace[] = allCommands(await wholeProgram(cli, COMMANDS))
cli.close()

function helpOf({ command }: CommandPlace): string {
  let text = ''
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp()
  return text
}

describe('every command', () => {
  it('has a summary, and an example in its help where it can be run', () => {
    for (const place of all) {
      const name = place.words.join(' ')
      if (name !== '') expect(place.command.summary(), name).not.toBe('')
      expect(place.command.description(), name).not.toBe('')
      if (place.command.commands.length > 0) continue
      expect(helpOf(place), name).toMatch(/\nExamples?:\n {2}.*\bbarter/u)
    }
  })

  it('is in the table under its own name and summary', () => {
    for (const entry of COMMANDS) {
      const found = all.find(({ words }) => words.join(' ') === entry.name)
      if (entry.hidden !== true) expect([entry.name, found?.command.summary()]).toEqual([entry.name, entry.summary])
    }
  })
})

describe('a word that is mistyped', () => {
  it.each([
    [['daemn'], '(Did you mean daemon?)'],
    [['swarm', 'per'], '(Did you mean peers?)'],
    [['block', 'get', 'x', '--ofline'], '(Did you mean --offline?)'],
    [['stats', 'bw', '--pol'], '(Did you mean --poll?)']
  ])('%j is told the right one', async (args, hint) => {
    const { code, stderr } = await barter(args)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^Error: unknown/u)
    expect(stderr).toContain(hint)
  })
})

describe('completion', () => {
  const complete = async (script: string, words: readonly string[]): Promise<readonly string[]> => {
    const line = ['barter', ...words].map((word) => `'${word}'`).join(' ')
    const body = `source ${script}; COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _barter || true; echo "\${COMPREPLY[*]}"`
    return (await run('bash', ['-euc', body])).stdout.trim().split(' ')
  }

  it('knows in bash what may come where', async () => {
    const script = join(await temporaryDirectory(), 'completion.bash')
    await writeFile(script, completionScript('bash', completionPlaces(all, VALUE_SETS)))
    expect(await complete(script, ['daem'])).toEqual(['daemon'])
    expect(await complete(script, ['swarm', 'fil'])).toEqual(['filters'])
    expect(await complete(script, ['swarm', 'filters', ''])).toEqual(
      expect.arrayContaining(['add', 'rm', 'ls', '--json'])
    )
    expect(await complete(script, ['stats', 'bw', '--pr'])).toEqual(['--proto'])
    expect(await complete(script, ['--timeout', '5s', 'block', 'st'])).toEqual(['stat'])
    expect(await complete(script, ['block', 'get', 'bafy', '--off'])).toEqual(['--offline'])
    expect(await complete(script, ['pin', 'ls', '--type', 'in'])).toEqual(['indirect'])
    expect(await complete(script, ['pin', 'ls', '-t', 'a'])).toEqual(['all'])
    // Bash takes `--hash=sha2` apart by itself.
    expect(await complete(script, ['add', '--hash', '=', 'sha2'])).toEqual(['sha2-256', 'sha2-512'])
    expect(await complete(script, ['add', '--hash', 'blake3', '--qui'])).toEqual(['--quiet', '--quieter'])
    expect(await complete(script, ['config', 'Swarm.ConnMgr.H'])).toEqual(['Swarm.ConnMgr.HighWater'])
    expect(await complete(script, ['config', 'profile', 'apply', 'low'])).toEqual(['lowpower'])
    expect(await complete(script, ['log', 'level', 'all', 'deb'])).toEqual(['debug'])
    expect(await complete(script, ['--timeout', '5s', 'log', 'level', '--json', 'libp2p', 'er'])).toEqual(['error'])
    expect(await complete(script, ['lab', 'run', '--strategies', 'fair-s'])).toEqual(['fair-share'])
    // What cannot be listed is left to the shell.
    expect(await complete(script, ['get', 'bafy', '--output', ''])).toEqual([''])
    expect(await complete(script, ['--api', 'pin', 'daem'])).toEqual(['daemon'])
  })

  it('knows values of what there is, and of nothing else', () => {
    const known = all.flatMap(({ words, command }) =>
      [...command.options.map(({ long }) => long), ...command.registeredArguments.map((one) => one.name())].map(
        (name) => `${words.join(' ')} ${name ?? ''}`
      )
    )
    expect(Object.keys(VALUE_SETS).filter((key) => !known.includes(key))).toEqual([])
    for (const [key, values] of Object.entries(VALUE_SETS)) expect(values.length, key).toBeGreaterThan(0)
  })

  it.each(SHELLS)('names every command and its options in %s', (shell) => {
    const script = completionScript(shell, completionPlaces(all, VALUE_SETS))
    for (const { words, command } of all) {
      if (words.length > 0) expect(script).toContain(`'${words.join(' ')}'`)
      for (const { long, hidden } of command.options)
        if (!hidden) expect(script).toContain(shell === 'fish' ? `-l '${long?.slice(2) ?? ''}'` : long)
    }
  })
})
