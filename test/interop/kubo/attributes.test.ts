/** Permissions and times of files: kept and shown as Kubo does. */
import { chmod, mkdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { warmBarter } from '../../support/warm-barter.ts'
import { ipfs } from './ipfs-command.ts'
import { buildKubo } from './kubo-daemon.ts'
import { initKuboRepo } from './kubo-repo.ts'
import { withKubo } from './play-kubo.ts'

type Run = (...args: readonly string[]) => Promise<string>

/** Both command lines, each on a repo of its own, without a daemon. */
async function bothSides(): Promise<{ here: Run; there: Run }> {
  const [ours, theirs] = [join(await temporaryDirectory(), 'repo'), await temporaryDirectory()]
  await initKuboRepo(await buildKubo(), theirs)
  const run = warmBarter()
  expect(await run(['init', '--profile', 'test'], { repo: ours })).toMatchObject({ code: 0 })
  const here: Run = async (...args) => {
    const { code, stdout, stderr } = await run(args, { repo: ours })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return stdout
  }
  const there: Run = async (...args) => {
    const { code, stdout, stderr } = await ipfs(args, { repo: theirs })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return stdout.toString()
  }
  return { here, there }
}

/** Files and folders whose permissions are usual, unusual and special, changed lately, long ago and in a time to come. */
async function newFolder(): Promise<string> {
  const folder = join(await temporaryDirectory(), 'folder')
  const modes = { usual: 0o755, own: 0o700, sticky: 0o1755 }
  await mkdir(folder)
  for (const [name, mode] of Object.entries(modes)) {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'b'), name)
    await chmod(join(folder, name), mode)
  }
  await writeFile(join(folder, 'a'), 'hello')
  await writeFile(join(folder, 'tool'), 'x'.repeat(1_000))
  await symlink('a', join(folder, 'link'))
  await chmod(join(folder, 'a'), 0o644)
  await chmod(join(folder, 'tool'), 0o4755)
  await utimes(join(folder, 'tool'), 1_700_474_400.5, 1_700_474_400.5)
  await utimes(join(folder, 'own'), 2e9, 2e9)
  await chmod(folder, 0o755)
  return folder
}

await withKubo('Permissions and times with Kubo', () => {
  it.each([
    ['neither', []],
    ['permissions', ['--preserve-mode']],
    ['times', ['--preserve-mtime']],
    ['both', ['--preserve-mode', '--preserve-mtime']]
  ])('are kept under the same CID, and shown alike: %s', { timeout: 60_000 }, async (_what, kept) => {
    const { here, there } = await bothSides()
    const folder = await newFolder()
    const add = ['add', '-r', '-Q', '--cid-version=1', '--progress=false', ...kept]
    const root = (await there(...add, folder)).trim()
    expect((await here(...add.filter((one) => !one.startsWith('--progress')), '--no-progress', folder)).trim()).toBe(
      root
    )
    for (const flags of [
      ['-l'],
      ['-l', '-v'],
      ['-l', '-v', '--size=false'],
      ['-l', '--stream', '-v'],
      ['--stream'],
      ['-l', '--size=false', '--resolve-type=false']
    ]) {
      expect(await here('ls', ...flags, root)).toBe(await there('ls', ...flags, root))
    }
  })
})
