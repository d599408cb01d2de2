import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { play } from './play.ts'

/**
 * With `BARTER_REWRITE=1` the transcripts are written anew instead of compared: look at the difference before you
 * commit it, for it is what the change does.
 */
const REWRITE = process.env['BARTER_REWRITE'] === '1'

const FOLDER = import.meta.dirname
const SCENARIOS = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'))

describe('the scenarios', () => {
  it('are there', () => {
    expect(SCENARIOS.length).toBeGreaterThan(0)
  })

  it.each(SCENARIOS)('%s', async (name) => {
    const path = join(FOLDER, name)
    const written = readFileSync(path, 'utf8')
    const played = await play(written)
    if (REWRITE) writeFileSync(path, played)
    else expect(played).toBe(written)
  })

  it('go the same way every time', async () => {
    for (const name of SCENARIOS.slice(0, 3)) {
      const text = readFileSync(join(FOLDER, name), 'utf8')
      expect(await play(text)).toBe(await play(text))
    }
  })
})
