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

it.each([
  ['a line that is begun is ended on a terminal', true, ['one', '\nfirst\n', 'second\n', 'two\n', 'third\n']],
  ['nothing is added in a pipe', false, ['one', 'first\n', 'second\n', 'two\n', 'third\n']]
])('before a warning %s', async (_, isTTY, expected) => {
  const written: unknown[] = []
  for (const stream of [process.stdout, process.stderr]) {
    const write = vi.spyOn(stream, 'write').mockImplementation((text) => written.push(text) > 0)
    const before = Object.getOwnPropertyDescriptor(stream, 'isTTY')
    Object.defineProperty(stream, 'isTTY', { value: isTTY, configurable: true })
    onTestFinished(() => {
      write.mockRestore()
      Object.defineProperty(stream, 'isTTY', before ?? { value: undefined, configurable: true })
    })
  }
  const cli = createCli()
  onTestFinished(() => cli.close())
  await cli.write('one')
  cli.warn('first')
  cli.warn('second')
  await cli.write(Buffer.from('two\n'))
  cli.warn('third')
  expect(written.map(String)).toEqual(expected)
})
