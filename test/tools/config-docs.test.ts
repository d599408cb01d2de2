import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { configDocs } from './config-docs-text.ts'

it('the page and the schema of the config say what the code does: else run `node test/tools/config-docs.ts`', async () => {
  for (const { path, text } of await configDocs()) expect(await readFile(path, 'utf8')).toBe(text)
})
