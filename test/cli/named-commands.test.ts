import { expect, it } from 'vitest'
import { namedCommands } from '../../src/cli/named-commands.ts'

it.each([
  ["Try running 'barter daemon' first", '/r', "Try running 'barter --repo-dir /r daemon' first"],
  [
    'run "barter init", or "barter daemon --init"',
    '/r',
    'run "barter --repo-dir /r init", or "barter --repo-dir /r daemon --init"'
  ],
  ['look at `barter log tail`', '/$1 r', "look at `barter --repo-dir '/$1 r' log tail`"],
  ['initialized a barter repo', '/r', 'initialized a barter repo'],
  ['look at `barter log tail`', undefined, 'look at `barter log tail`']
])('%s, of the repo %s', (text, repo, told) => expect(namedCommands(text, repo)).toBe(told))
