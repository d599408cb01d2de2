import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, copyFile, readFile, rm } from 'node:fs/promises'
import type { Command } from 'commander'
import { InvalidParametersError } from '../../errors.ts'
import { readApiFile } from '../../node/repo/api-file.ts'
import { repoPaths } from '../../node/repo/repo-path.ts'
import { changeLines } from '../change-lines.ts'
import type { Cli } from '../cli.ts'

/** `config edit`: a copy is edited, and takes the place of the config only when it is right. */
export function addConfigEdit(config: Command, cli: Cli): void {
  const edit = config
    .command('edit')
    .summary('change it in an editor')
    .description('Open the config in the editor of $VISUAL or $EDITOR. Nothing is changed unless it is right.')
    .addHelpText('after', '\nExample:\n  EDITOR=nano barter config edit')
  edit.action(async () => {
    const { root } = cli.begin(edit)
    const paths = repoPaths(root)
    const path = paths.config
    const copy = `${path}.edit`
    const { readConfig, parseConfig, writeConfig } = await import('../../node/config/config.ts')
    const { effectiveEntries } = await import('../../node/config/effective.ts')
    const { strangersNote } = await import('../../node/config/strangers.ts')
    const { checkOwner, checkPlaceChange } = await import('../../node/repo/data-place.ts')
    await checkOwner(paths)
    await copyFile(path, copy)
    await chmod(copy, 0o600)
    await runEditor(copy).catch(async (error: unknown) => {
      await rm(copy)
      throw error
    })
    // What is wrong with it is told of the copy, which stays to be mended.
    const { source } = await readConfig(copy)
    const next = parseConfig(JSON.stringify(source), path)
    await checkPlaceChange(path, undefined, next.storage)
    await writeConfig(path, source)
    await rm(copy)
    await cli.print(`${path} is changed`)
    if ((await readApiFile(root)) === undefined) {
      const note = strangersNote(effectiveEntries(next))
      if (note !== undefined) await cli.print(note)
      return
    }
    await cli.withService(edit, 'settings', async (service) => {
      for (const line of changeLines(await service.config.reload())) await cli.advise(line)
    })
  })
}

async function runEditor(path: string): Promise<void> {
  const editor = [process.env['VISUAL'], process.env['EDITOR']].find((name) => name !== undefined && name !== '')
  if (editor === undefined) throw new InvalidParametersError('ENV variable $EDITOR not set')
  const before = await readFile(path, 'utf8')
  // The variable may hold a program with its options; the path is an argument of its own.
  const child = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', path], { stdio: 'inherit' })
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new InvalidParametersError(`the editor "${editor}" failed: nothing is changed`)
  if ((await readFile(path, 'utf8')) === before) throw new InvalidParametersError('nothing was changed')
}
