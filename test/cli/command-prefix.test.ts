import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { commandPrefix, nearPath, quote } from '../../src/cli/command-prefix.ts'

/** Where a shell finds the Node that runs this. */
const HERE = dirname(process.execPath)

it.each([
  [{ npm_lifecycle_event: 'start' }, '/x/dist/cli/main.js', 'npx barter'],
  [{ npm_command: 'exec' }, '/x/dist/cli/main.js', 'npx barter'],
  [{}, '/usr/local/bin/barter', 'barter'],
  [{ PATH: `/nowhere:${HERE}` }, join(process.cwd(), 'dist/cli/main.js'), 'node dist/cli/main.js'],
  // Another Node, or none, is found there.
  [{ PATH: '/nowhere' }, '/x/dist/cli/main.js', `${quote(process.execPath)} /x/dist/cli/main.js`],
  [{ BARTER_PATH: '/srv/my repo' }, '/usr/local/bin/barter', "BARTER_PATH='/srv/my repo' barter"],
  [{ IPFS_PATH: "/it's", BARTER_PATH: '/b' }, '/usr/local/bin/barter', "IPFS_PATH='/it'\\''s' barter"]
])('with %o, %s is called as %s', (env, script, own) => expect(commandPrefix(env, script).own).toBe(own))

it('a path that leads out of the working directory is told whole', () => {
  expect(nearPath(join(process.cwd(), 'a/b'))).toBe(join('a', 'b'))
  expect(nearPath('/nowhere/near')).toBe('/nowhere/near')
})

it('another repo is named on the command line, whatever the environment says', () => {
  const { other } = commandPrefix({ IPFS_PATH: '/a' }, '/usr/local/bin/barter')
  expect(other).toBe(`barter --repo-dir ${join(tmpdir(), 'barter-2')}`)
})

it('a repo named on the command line is named again', () => {
  expect(commandPrefix({ IPFS_PATH: '/a' }, '/usr/local/bin/barter', '/my repo').own).toBe(
    "barter --repo-dir '/my repo'"
  )
})
