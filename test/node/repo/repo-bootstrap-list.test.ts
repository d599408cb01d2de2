import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { updateConfig } from '../../../src/node/config/config.ts'
import { repoBootstrapList } from '../../../src/node/repo/repo-bootstrap-list.ts'
import { initRepo } from '../../../src/node/repo/repo-init.ts'
import { repoPaths } from '../../../src/node/repo/repo-path.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const at = (host: number): string =>
  `/ip4/192.0.2.${host}/tcp/4001/p2p/12D3KooWGjMCwdLrEEA2NMkLfJTCgDjqKnUbLbEx3qFMrnZ6gsbh`

async function listOf(bootstrap: readonly string[]) {
  const root = join(await temporaryDirectory(), 'repo')
  await initRepo(root, { profile: 'test' })
  const paths = repoPaths(root)
  const config = await updateConfig(paths.config, (source) => ({ ...source, Bootstrap: bootstrap }))
  const list = repoBootstrapList({ config, paths })
  const kept = async (): Promise<unknown> =>
    (JSON.parse(await readFile(paths.config, 'utf8')) as { Bootstrap: unknown }).Bootstrap
  return { list, paths, kept }
}

it('keeps every one of several changes made at once', async () => {
  const { list, kept } = await listOf([at(1)])
  await Promise.all([list.add([at(2)]), list.add([at(3)]), list.remove([at(1)]), list.add([at(4)])])
  expect(await kept()).toEqual([at(2), at(3), at(4)])
  expect(list.list()).toEqual([at(2), at(3), at(4)])
})

it('changes what stands in the file, and not what stood there at the start', async () => {
  const { list, paths, kept } = await listOf([at(1)])
  await updateConfig(paths.config, (source) => ({ ...source, Bootstrap: [at(2)] }))
  await list.add([at(3)])
  expect(await kept()).toEqual([at(2), at(3)])
})

it('keeps an entry when another one stands there twice', async () => {
  const { list, kept } = await listOf([at(1), at(1)])
  expect(await list.add([at(2), at(2), at(1)])).toEqual([at(2), at(2), at(1)])
  expect([await kept(), list.list()]).toEqual([
    [at(1), at(1), at(2)],
    [at(1), at(1), at(2)]
  ])
  expect(await list.remove([at(1)])).toEqual([at(1), at(1)])
  expect(await list.removeAll()).toEqual([at(2)])
  expect(await kept()).toEqual([])
})
