import { expect, it, onTestFinished, vi } from 'vitest'
import { createCli } from '../../src/cli/cli.ts'

it('a warning is one line, whoever named what it is about; a failure may have several', () => {
  const written: unknown[] = []
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(text) > 0)
  onTestFinished(() => write.mockRestore())
  const cli = createCli()
  onTestFinished(() => cli.close())
  cli.warn('left out a\nError: everything is lost\u001b[2J')
  cli.fail(new Error('one\n  and \u202eanother'))
  expect(written).toEqual([
    'left out a\\u000aError: everything is lost\\u001b[2J\n',
    'Error: one\n  and \\u202eanother\n'
  ])
})
