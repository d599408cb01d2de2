/** Values planted where secrets lie, and looked for wherever a daemon says anything. */
import { execFile } from 'node:child_process'
import { chmod, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { readApiToken } from '../../src/node/repo/api-token.ts'
import { updateConfig } from '../../src/node/config/config.ts'
import { merge } from '../../src/node/repo/profiles.ts'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { ROUTES } from '../../src/api/server/routes.ts'
import { barter, startBarter } from '../support/barter.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { PROJECT } from '../tools/source-tree.ts'

const PLANTED = 'planted-secret-that-nobody-may-ever-see-0123456789'
/** As above, of a secret that a running daemon is given. */
const NEW = 'planted-secret-of-somebody-who-came-later-9876543210'

/** Commands that end the daemon, wait for something to happen, or take what is stored away. */
const LEFT_OUT = ['shutdown', 'log/tail', 'ping', 'config/replace', 'repo/gc', 'provide/clear']

it('neither the key, nor the token, nor a secret of the config is told by any command, log or page', async () => {
  const repo = join(await temporaryDirectory(), 'repo')
  await initRepo(repo, { profile: 'test' })
  const authorizations = { friend: { AuthSecret: `bearer:${PLANTED}`, AllowedPaths: ['/api/v0'] } }
  const { source } = await updateConfig(join(repo, 'config'), (config) =>
    merge(config, 'API', { Authorizations: authorizations })
  )
  const key = (source.Identity as { PrivKey: string }).PrivKey
  const token = (await readApiToken(repo)) ?? ''
  const daemon = await startBarter(repo, [], { BARTER_LOG: 'trace', GOLOG_LOG_LEVEL: 'debug' })
  let errors = ''
  daemon.process.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const api = (await readFile(join(repo, 'api'), 'utf8')).split('/').at(-1) ?? ''
  const answers: string[] = []
  const ask = async (path: string, method: string): Promise<void> => {
    const headers = { Authorization: `Bearer ${token}` }
    const response = await fetch(`http://127.0.0.1:${api}${path}`, {
      method,
      headers,
      signal: AbortSignal.timeout(5_000)
    })
    answers.push(await response.text())
  }
  // Who sets a secret is answered with it, and nobody else is.
  await ask(`/api/v0/config?arg=API.Authorizations.guest.AuthSecret&arg=bearer:${NEW}`, 'POST')
  expect(answers.splice(0).join()).toContain(NEW)
  // A request that fails is logged, wherever the secret stands in it.
  await ask(`/api/v0/resolve/${token}?arg=/ipns/${token}`, 'POST')
  expect(answers.splice(0).join()).toContain('argument')
  for (const path of ROUTES.keys()) {
    if (!LEFT_OUT.includes(path))
      await ask(`/api/v0/${path}?timeout=1s&verbose=true&flags=true`, 'POST').catch(() => undefined)
  }
  for (const arg of [
    'Identity',
    'Identity.PrivKey',
    'API',
    'API.Authorizations',
    'API.Authorizations.friend.AuthSecret'
  ]) {
    await ask(`/api/v0/config?arg=${arg}`, 'POST')
  }
  for (const path of ['/debug/metrics/prometheus', '/', '/page/', '/dashboard/']) await ask(path, 'GET')
  answers.push((await barter(['config', 'show'], { repo })).stdout, (await barter(['diag', 'sys'], { repo })).stdout)
  expect(answers.length).toBeGreaterThan(60)
  expect(errors).toContain('a request failed')
  const told = [...answers, ...daemon.lines, errors].join('\n')
  for (const secret of [PLANTED, NEW, key, token]) {
    expect(secret.length).toBeGreaterThan(20)
    expect(told.split(secret).length - 1).toBe(0)
  }
}, 120_000)

it('what holds secrets is for its owner alone, whatever the umask', async () => {
  const repo = join(await temporaryDirectory(), 'repo')
  const main = join(PROJECT, 'src', 'cli', 'main.ts')
  const script = `umask 000; exec "${process.execPath}" "${main}" --repo-dir "${repo}" init --profile test`
  await promisify(execFile)('sh', ['-c', script])
  const mode = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8)
  expect(await mode(repo)).toBe('700')
  for (const entry of await readdir(repo, { withFileTypes: true })) {
    expect([entry.name, await mode(join(repo, entry.name))]).toEqual([entry.name, entry.isDirectory() ? '700' : '600'])
  }
  await chmod(repo, 0o755)
  await chmod(join(repo, 'config'), 0o644)
  const daemon = await startBarter(repo)
  daemon.process.kill('SIGTERM')
  await daemon.ended
  expect([await mode(repo), await mode(join(repo, 'config')), await mode(join(repo, 'api-token'))]).toEqual([
    '700',
    '600',
    '600'
  ])
}, 60_000)
