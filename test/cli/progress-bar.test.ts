import { describe, expect, it } from 'vitest'
import { countOf, ProgressBar } from '../../src/cli/progress-bar.ts'

class FakeScreen {
  text = ''
  readonly isTTY: boolean

  constructor(isTTY: boolean) {
    this.isTTY = isTTY
  }

  write(text: string): void {
    this.text += text
  }
}

describe('progress', () => {
  it('shows how much, how far and how fast on a terminal', () => {
    let now = 0
    const screen = new FakeScreen(true)
    const bar = new ProgressBar(1_000_000, undefined, screen, () => now)
    now = 500
    bar.advance(256_000)
    expect(screen.text).toBe('\r256 kB / 1.0 MB [======                  ] 25%  512 kB/s\u001b[K')
    bar.end()
    expect(screen.text.endsWith('\r\u001b[K')).toBe(true)
  })

  it('is drawn ten times a second at most', () => {
    let now = 0
    const screen = new FakeScreen(true)
    const bar = new ProgressBar(100, undefined, screen, () => now)
    for (now = 0; now < 1_000; now += 1) bar.advance(0)
    expect(screen.text.split('\r')).toHaveLength(11)
  })

  it('has no end where none is known, and never shows more than all', () => {
    let now = 0
    const screen = new FakeScreen(true)
    const unknown = new ProgressBar(0, undefined, screen, () => now)
    now = 1_000
    unknown.report(10)
    expect(screen.text).toBe('\r10 B  10 B/s\u001b[K')
    const short = new ProgressBar(5, undefined, screen, () => now)
    now = 2_000
    short.report(10)
    expect(screen.text).toContain('100%')
  })

  it('counts things, of as many as are told with them, and says how long it will take', () => {
    let now = 0
    const screen = new FakeScreen(true)
    const bar = new ProgressBar(0, countOf('runs'), screen, () => now)
    bar.report(0, 8)
    expect(screen.text).toBe('\r0 / 8 runs [                        ] 0%\u001b[K')
    screen.text = ''
    now = 65_000
    bar.report(2.5, 8)
    expect(screen.text).toBe('\r2 / 8 runs [========                ] 31%  2 min 23 s left\u001b[K')
    screen.text = ''
    now = 70_000
    bar.report(8, 8)
    expect(screen.text).toBe('\r8 / 8 runs [========================] 100%  0 s left\u001b[K')
  })

  it('is silent in a pipe', () => {
    const screen = new FakeScreen(false)
    const bar = new ProgressBar(100, undefined, screen)
    bar.report(50)
    bar.end()
    expect(screen.text).toBe('')
  })
})
