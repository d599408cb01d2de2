import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InvalidParametersError } from '../../src/errors.ts'
import { loadStrategy } from '../../src/laboratory/load-strategy.ts'
import { checkStrategy } from '../../src/laboratory/strategy-kit/check-strategy.ts'
import { PROJECT } from '../tools/source-tree.ts'

const OWN = `export default { name: 'own', about: 'mine', source: 'me', create: () => ({ next: ([first]) => first }) }`
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'barter-strategy-'))
  await writeFile(join(folder, 'own.mjs'), OWN)
  await writeFile(join(folder, 'none.mjs'), 'export default { name: "none" }')
  await writeFile(join(folder, 'broken.mjs'), 'throw new Error("out of order")')
})

afterAll(() => rm(folder, { recursive: true }))

describe('loadStrategy', () => {
  it('takes names, with parameters', async () => {
    expect((await loadStrategy('fifo')).name).toBe('fifo')
    expect((await loadStrategy('debt-ratio:floor=0.5')).name).toBe('debt-ratio:floor=0.5')
    await expect(loadStrategy('selfish')).rejects.toThrow('unknown strategy selfish')
  })

  it('takes the path of a module, from a folder', async () => {
    expect((await loadStrategy('own.mjs', folder)).name).toBe('own')
    expect((await loadStrategy(join(folder, 'own.mjs'))).name).toBe('own')
  })

  it('takes the example', async () => {
    checkStrategy(await loadStrategy('./examples/8-your-own-scheduler.ts', PROJECT))
  })

  it.each([
    ['none.mjs', 'none.mjs is none: expected a default export with name, about, source and create'],
    ['broken.mjs', 'broken.mjs cannot be loaded: out of order'],
    ['./missing.mjs', 'missing.mjs cannot be loaded']
  ])('says what is wrong with %s', async (path, message) => {
    await expect(loadStrategy(path, folder)).rejects.toThrow(InvalidParametersError)
    await expect(loadStrategy(path, folder)).rejects.toThrow(message)
  })
})
