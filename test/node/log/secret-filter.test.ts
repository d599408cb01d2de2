import { describe, expect, it } from 'vitest'
import { MAX_FORMER_SECRETS, SecretFilter } from '../../../src/node/log/secret-filter.ts'

const secret = (index: number): string => `planted-${index}.`

describe('SecretFilter', () => {
  it('hides all that are in use, however many, and the last of those that were', () => {
    const filter = new SecretFilter()
    const many = Array.from({ length: 2 * MAX_FORMER_SECRETS }, (_, index) => secret(index))
    filter.hide('token', ['planted-token'])
    filter.hide('config', many)
    expect(filter.clean(JSON.stringify([...many, 'planted-token', 'other']))).not.toContain('planted')
    filter.hide('config', many.slice(-1))
    for (let index = 1; index < MAX_FORMER_SECRETS; index++) filter.hide('config', [secret(-index)])
    expect(filter.clean(secret(0))).toBe(secret(0))
    const left = [secret(-1), secret(-MAX_FORMER_SECRETS + 1), many.at(-1), 'planted-token']
    expect(left.map((text) => filter.clean(String(text)))).toEqual(left.map(() => '[secret]'))
  })

  it('hides all of one that has another in it, and no word', () => {
    const filter = new SecretFilter()
    filter.hide('config', ['plain-secret', 'plain-secret-and-more', 'short'])
    expect(filter.clean('plain-secret-and-more, short')).toBe('[secret], short')
  })
})
