import { readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { errorOutput, fileOutput } from '../../../src/node/log/log-output.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

describe('the output of the log', () => {
  it('is a file for its owner only, which can be moved away and begun anew', async () => {
    const path = join(await temporaryDirectory(), 'log')
    const first = fileOutput(path)
    first.write('one\n')
    await first.close()
    const output = fileOutput(path)
    output.write('two\n')
    await expect.poll(() => readFile(path, 'utf8')).toBe('one\ntwo\n')
    await rename(path, `${path}.1`)
    output.reopen()
    output.write('three\n')
    await output.close()
    expect(await readFile(path, 'utf8')).toBe('three\n')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('that cannot be written loses lines, counts them, and ends nothing', async () => {
    const output = fileOutput(join(await temporaryDirectory(), 'no', 'such', 'folder'))
    output.write('lost\n')
    await output.close()
    output.write('lost\n')
    expect(output.lost).toBeGreaterThan(0)
  })

  it('holds so much for a reader that takes nothing, and loses the rest', () => {
    const stuck = new Writable({ write: () => undefined })
    const output = errorOutput(stuck)
    for (let i = 0; i < 10; i++) output.write('x'.repeat(1024 * 1024))
    expect([stuck.writableLength <= 4 * 1024 * 1024, output.lost]).toEqual([true, 6])
  })
})
