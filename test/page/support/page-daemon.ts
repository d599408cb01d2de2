import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { barter, startBarter } from '../../support/barter.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

export interface PageDaemon {
  readonly repo: string
  /** Where peers reach it. */
  readonly address: string
  /** As `barter dashboard` prints it, with the token. */
  readonly link: string
}

/** A daemon in a process of its own, which asks for its token; and the link to its page. */
export async function startPageDaemon(): Promise<PageDaemon> {
  const repo = join(await temporaryDirectory(), 'repo')
  await barter(['init', '--profile', 'test'], { repo })
  const path = join(repo, 'config')
  const config = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>
  await writeFile(path, JSON.stringify({ ...config, API: { RequireToken: true } }))
  const { address } = await startBarter(repo)
  const { stdout, stderr, code } = await barter(['dashboard'], { repo })
  if (code !== 0) throw new Error(stderr)
  return { repo, address, link: stdout.trim() }
}
