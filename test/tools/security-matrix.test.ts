import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { SECURITY, withMatrix } from './security-matrix.ts'

it('docs/security.md shows the matrix that is tested; node test/tools/security-matrix.ts brings it up to date', async () => {
  const page = await readFile(SECURITY, 'utf8')
  expect(page).toBe(withMatrix(page))
})
