import { expect, it, vi } from 'vitest'
import { CountLine } from '../../src/cli/count-line.ts'
import { clearLine, drawLine } from '../../src/cli/drawn-line.ts'
import { createCli } from '../../src/cli/cli.ts'
import { ProgressBar } from '../../src/cli/progress-bar.ts'

class FakeScreen {
  text = ''
  readonly isTTY = true

  write(text: string): void {
    this.text += text
  }

  /** What stands there at the end, line by line. */
  get lines(): readonly string[] {
    return this.text.split('\n').map((line) => (line.split('\r').at(-1) ?? '').replace('\u001b[K', ''))
  }
}

it.each([
  ['a bar', (screen: FakeScreen) => new ProgressBar(0, { amount: ({ done }) => `${done}`, pace: () => '' }, screen)],
  ['a count', (screen: FakeScreen) => new CountLine('', '', screen)]
])('what is said beside %s stands alone, and the drawing goes on below it', (_, make) => {
  const screen = new FakeScreen()
  clearLine(screen)
  expect(screen.text).toBe('')
  make(screen).report(1)
  expect(screen.lines.map((line) => line.trim())).toEqual(['1'])
  clearLine(screen)
  screen.write('waiting\n')
  expect(screen.lines).toEqual(['waiting', ''])
  // Nothing stands there: nothing is cleared that others wrote.
  const before = screen.text
  clearLine(screen)
  expect(screen.text).toBe(before)
  const again = make(screen)
  again.report(2)
  expect(screen.lines.map((line) => line.trim())).toEqual(['waiting', '2'])
  again.end()
  expect(screen.lines).toEqual(['waiting', ''])
})

it('whatever a command warns of stands alone', () => {
  const screen = new FakeScreen()
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    screen.write(String(text))
    return true
  })
  const cli = createCli()
  try {
    drawLine(process.stderr, 'half of it')
    cli.warn('a link was left out')
    drawLine(process.stderr, 'all of it')
    cli.fail(new Error('the disk is full'))
  } finally {
    write.mockRestore()
    cli.close()
  }
  expect(screen.lines).toEqual(['a link was left out', 'Error: the disk is full', ''])
})

it('what a command keeps at the bottom fits the terminal, begins a line of its own, and makes way for its output', async () => {
  const screen = new FakeScreen()
  const into = (text: string | Uint8Array): boolean => {
    screen.write(String(text))
    return true
  }
  const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(into))
  const before = [process.stdout, process.stderr].map((stream) => {
    const was = Object.getOwnPropertyDescriptor(stream, 'isTTY')
    Object.defineProperty(stream, 'isTTY', { value: true, configurable: true })
    return () => Object.defineProperty(stream, 'isTTY', was ?? { value: undefined, configurable: true })
  })
  const cli = createCli()
  try {
    await cli.write('half of a file')
    cli.output.draw(`still waiting ${'x'.repeat(1_000)}`)
    expect(screen.lines[0]).toBe('half of a file')
    expect(screen.lines[1]?.length).toBeLessThan(process.stderr.columns || 80)
    cli.output.draw('still waiting')
    await cli.write(' and the rest\n')
    cli.output.draw('still waiting')
    cli.output.draw(undefined)
  } finally {
    for (const spy of spies) spy.mockRestore()
    for (const restore of before) restore()
    cli.close()
  }
  expect(screen.lines).toEqual(['half of a file', ' and the rest', ''])
})
