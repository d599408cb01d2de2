import { expect, it } from 'vitest'
import { printRows } from '../../src/cli/print-rows.ts'

const LINES = ['bafy1\t2 min 05 s\tasked', '\tstuck: nobody has it,\twhoever was asked', 'bafy22\t3 s\tsearching']

async function printed(lines: readonly string[], terminal: { isTTY: boolean; columns: number }) {
  const out: string[] = []
  const cli = { print: (line: string) => Promise.resolve(void out.push(line)) }
  await printRows(cli, 'CID\tAge\tPhase', lines, terminal)
  return out
}

it('rows stand in columns on a terminal, cut at its width, and what belongs to them is whole', async () => {
  expect(await printed(LINES, { isTTY: true, columns: 24 })).toEqual([
    'CID     Age         Pha…',
    'bafy1   2 min 05 s  ask…',
    '  stuck: nobody has it,  whoever was asked',
    'bafy22  3 s         sea…'
  ])
  expect((await printed(LINES, { isTTY: true, columns: 0 }))[0]).toBe('CID     Age         Phase')
  expect(await printed([], { isTTY: true, columns: 80 })).toEqual([])
})

it('a pipe gets them as they are', async () => {
  expect(await printed(LINES, { isTTY: false, columns: 24 })).toEqual(LINES)
})
