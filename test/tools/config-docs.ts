/** Writes `docs/config.md` and `docs/config.schema.json` from the schema of the config. */
import { writeFile } from 'node:fs/promises'
import { configDocs } from './config-docs-text.ts'

for (const { path, text } of await configDocs()) {
  await writeFile(path, text)
  console.log(`wrote ${path}`)
}
