import { expect, it, onTestFinished, vi } from 'vitest'
import { createCli } from '../../src/cli/cli.ts'
import { printList } from '../../src/cli/print-list.ts'

async function* none(): AsyncGenerator<string> {
  // Nothing is listed.
}

it.each([
  [true, 'no peers connected\n'],
  [false, '']
])('an empty list is told of on a terminal only, and never among the output (terminal: %s)', async (isTTY, told) => {
  const [out, err]: [string[], string[]] = [[], []]
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(String(text)) > 0)
  ]
  const before = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY')
  Object.defineProperty(process.stderr, 'isTTY', { value: isTTY, configurable: true })
  const cli = createCli()
  onTestFinished(() => {
    cli.close()
    for (const spy of spies) spy.mockRestore()
    Object.defineProperty(process.stderr, 'isTTY', before ?? { value: undefined, configurable: true })
  })
  await printList(cli, ['one', 'two'], 'no peers connected')
  expect([out.splice(0), err]).toEqual([['one\n', 'two\n'], []])
  await printList(cli, none(), 'no peers connected')
  expect([out.join(''), err.join('')]).toEqual(['', told])
})
