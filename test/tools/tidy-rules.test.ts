import { describe, expect, it } from 'vitest'
import { ask, RULES } from './tidy-rules.ts'

/** Complaints of every rule about one file, as `rule: what`. */
function complaints(path: string, text: string): string[] {
  return RULES.flatMap((rule) => ask(rule, [{ path, text }]).complaints.map((what) => `${rule.name}: ${what}`))
}

const LONG_BODY = 'x()\n'.repeat(49)

const BAD: readonly (readonly [what: string, path: string, text: string, complaint: RegExp])[] = [
  ['a long file', 'src/a.ts', '\n'.repeat(300) + 'x()', /at most 300 lines.*301 lines/],
  ['a long example', 'examples/1-a.ts', 'x()\n'.repeat(61), /at most 60 lines.*61 lines/],
  ['a long function', 'src/a.ts', `function f() {\n${LONG_BODY}}`, /at most 50 lines.*line 1: a function of 51 lines/],
  ['a long method', 'src/a.ts', `class A {\n  f() {\n${LONG_BODY}  }\n}`, /line 2: a function of 51/],
  ['a long arrow function', 'src/a.ts', `const f = () => {\n${LONG_BODY}}`, /line 1: a function of 51/],
  ['a clock in the core', 'src/session/a.ts', 'const t = Date.now()', /ports alone: .*Date/],
  ['a timer in the core', 'src/engine/a.ts', '\nsetTimeout(f, 1)', /ports alone: .*line 2: setTimeout/],
  ['a die in the core', 'src/bitswap.ts', 'const x = Math.random()', /ports alone: .*Math\.random/],
  ['a time-out signal in the core', 'src/network/outbox.ts', 'AbortSignal.timeout(1)', /AbortSignal\.timeout/],
  ['a Node module in the core', 'src/ledger/a.ts', "import { open } from 'node:fs'", /ports alone: .*node:fs/],
  ['an async pure file', 'src/wants/a.ts', 'export async function f() {}', /synchronous: .*asynchronous/],
  ['libp2p in an actor', 'src/session/a.ts', "import type { PeerId } from '@libp2p/interface'", /libp2p is imported/],
  ['libp2p in the command line', 'src/cli/a.ts', "const { x } = await import('libp2p')", /libp2p is imported/],
  [
    'an unbounded map',
    'src/peers/a.ts',
    'class A {\n  readonly #a = new Map<string, number>()\n}',
    /line 2: #a does not/
  ],
  ['an unbounded list', 'src/peers/a.ts', 'class A {\n  #a: number[] = []\n}', /#a does not say/],
  ['a list set later', 'src/peers/a.ts', 'class A {\n  #a: number[]\n}', /#a does not say/],
  ['a default export', 'src/a.ts', 'export default function f() {}', /exports by name/],
  ['a name in camel case', 'src/wantTable.ts', '', /kebab-case/],
  ['a mark for later', 'src/a.ts', ['// TO', 'DO later'].join(''), /left for later: .*line 1/],
  ['a skipped test', 'test/a.test.ts', ['it.', "skip('x', f)"].join(''), /every test runs/],
  ['a sleeping test', 'test/session/a.test.ts', 'await new Promise((f) => setTimeout(f, 1))', /does not sleep/],
  [
    'a lock with addresses',
    'package-lock.json',
    ['"resolved": ', '"https://example.org/a.tgz"'].join(''),
    /no registry/
  ]
]

const GOOD: readonly (readonly [what: string, path: string, text: string])[] = [
  ['fifty lines', 'src/a.ts', `function f() {\n${LONG_BODY.slice(4)}}`],
  ['a member called Date', 'src/session/a.ts', 'interface A { Date: string; fetch(): void }\na.process = b.fetch'],
  ['a clock outside the core', 'src/node/a.ts', 'const t = Date.now()'],
  ['a word about setTimeout', 'src/session/a.ts', '// setTimeout and Math.random are not for the core'],
  ['a shell that awaits', 'src/session/a.ts', "import type { Clock } from '../ports.ts'\nasync function f() {}"],
  ['libp2p in worlds of real nodes', 'src/laboratory/libp2p/a.ts', "import { createLibp2p } from 'libp2p'"],
  ['libp2p in its adapter', 'src/network/libp2p/a.ts', "import type { PeerId } from '@libp2p/interface'"],
  [
    'a bounded map',
    'src/peers/a.ts',
    'class A {\n  /** Bounded: by x. */\n  readonly #a = new Map<string, number>()\n}'
  ],
  ['a list that does not grow', 'src/peers/a.ts', 'class A {\n  readonly #a: readonly number[]\n}'],
  ['a default case', 'src/a.ts', 'switch (a) {\n  default:\n    f()\n}']
]

describe('the style rules', () => {
  it.each(BAD)('catch %s', (_what, path, text, complaint) => {
    expect(complaints(path, text)).toContainEqual(expect.stringMatching(complaint))
  })

  it.each(GOOD)('let %s pass', (_what, path, text) => {
    expect(complaints(path, text)).toEqual([])
  })

  it('are each shown to catch something', () => {
    const caught = BAD.flatMap(([, path, text]) => complaints(path, text))
    const idle = RULES.filter((rule) => !caught.some((complaint) => complaint.startsWith(`${rule.name}:`)))
    expect(idle.map((rule) => rule.name)).toEqual([])
  })
})
