import { expect, it } from 'vitest'
import { counted } from '../src/counted.ts'

it('one is one, and no others are', () => {
  expect([0, 1, 2].map((count) => counted(count, 'peer'))).toEqual(['0 peers', '1 peer', '2 peers'])
  expect([1, 2].map((count) => counted(count, 'address', 'addresses'))).toEqual(['1 address', '2 addresses'])
  expect([1, 2].map((count) => counted(count, 'is', 'are'))).toEqual(['1 is', '2 are'])
})
