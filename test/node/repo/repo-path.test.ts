import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { defaultRepoPath } from '../../../src/node/repo/repo-path.ts'

it.each([
  [{ IPFS_PATH: '/a', BARTER_PATH: '/b' }, '/a'],
  [{ IPFS_PATH: '', BARTER_PATH: '/b' }, '/b'],
  [{ BARTER_PATH: '~/x' }, join(homedir(), 'x')],
  [{ BARTER_PATH: 'here' }, resolve('here')],
  [{}, join(homedir(), '.barter')]
])('with %o the repo is %s', (env, path) => expect(defaultRepoPath(env)).toBe(path))
