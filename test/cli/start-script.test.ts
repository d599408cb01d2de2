import { spawn } from 'node:child_process'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { delimiter, join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/** npm hands a signal on to the shell that it started, and a shell hands it on to nobody. */
it('the process that npm starts is the daemon itself, with what was given after --', async () => {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: { start: string } }
  const folder = await temporaryDirectory()
  await writeFile(join(folder, 'node'), '#!/bin/sh\necho $$ "$@"\n')
  await chmod(join(folder, 'node'), 0o755)
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH ?? ''}` }
  const shell = spawn('sh', ['-c', `${scripts.start} --init-profile test`], {
    env,
    stdio: ['ignore', 'pipe', 'inherit']
  })
  expect(await text(shell.stdout)).toBe(`${shell.pid} dist/cli/main.js daemon --init --init-profile test\n`)
})
