import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { configJsonSchema } from '../../src/node/config/json-schema.ts'
import { configReference } from '../../src/node/config/reference-page.ts'
import { PROJECT } from './source-tree.ts'

/** The files on the config as they must be. */
export async function configDocs(): Promise<readonly { readonly path: string; readonly text: string }[]> {
  return await Promise.all([
    document('docs/config.md', configReference()),
    document('docs/config.schema.json', JSON.stringify(configJsonSchema()))
  ])
}

async function document(name: string, text: string): Promise<{ readonly path: string; readonly text: string }> {
  const path = join(PROJECT, name)
  return { path, text: await format(text, { ...(await resolveConfig(path)), filepath: path }) }
}
