import type { IRegularForbiddenRuleType } from 'dependency-cruiser'
import { ACTOR_FOLDERS } from './source-tree.ts'

const OURS = '^src/'
/** What everybody may use: the files of `src` itself, but those that put parts together; messages; the check of a block. */
const WORDS = '^src/((?!(assembly|bitswap|index)\\.ts)[^/]+\\.ts$|message/|hashing/(hash-codes|verify-block)\\.ts$)'
const ACTORS = `^src/(${ACTOR_FOLDERS.join('|')})/`
const OUTBOX = '^src/network/[^/]+\\.ts$'
const ASSEMBLY = '^src/(assembly|bitswap)\\.ts$'
const CORE = [WORDS, ACTORS, OUTBOX, ASSEMBLY]
const ADAPTERS = '^src/(network/libp2p|storage|hashing)/'
const ROUTING = '^src/routing/'
const PAGE = '^src/page/'
const PAGE_CONTRACT = '^src/api/service/(insight-[a-z]+|report-list)\\.ts$'
const PACKAGES = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg'] as const
export const LIBP2P = '(^|node_modules/)(@libp2p/|libp2p(/|$)|@chainsafe/libp2p|@multiformats/multiaddr)'

interface From {
  readonly path: string | string[]
  readonly pathNot?: string | string[]
}

function forbid(name: string, from: From, to: IRegularForbiddenRuleType['to']): IRegularForbiddenRuleType {
  return { name, severity: 'error', from, to }
}

/** Files of ours from `path` may import those of `allowed`, and no others of ours. */
function only(name: string, path: string | string[], allowed: readonly string[]): IRegularForbiddenRuleType {
  return forbid(name, { path }, { path: OURS, pathNot: [...allowed] })
}

/** A decision may take the types of anything in its folder, and the code of words and decisions alone. */
function pureRule(pure: string[]): IRegularForbiddenRuleType {
  const to = { path: OURS, pathNot: [WORDS, ...pure], dependencyTypesNot: ['type-only' as const] }
  return forbid('pure files run words and pure files', { path: pure }, to)
}

/**
 * Who may import whom, from the words of the project up to its programs. `pureFiles` are the synchronous decisions among
 * the actors' files.
 */
export function layerRules(pureFiles: readonly string[]): IRegularForbiddenRuleType[] {
  const pure = pureFiles.map((path) => `^${path.replaceAll('.', '\\.')}$`)
  return [
    forbid('no cycles', { path: OURS }, { circular: true }),
    forbid('every import leads somewhere', { path: OURS }, { couldNotResolve: true }),
    only('words import words', WORDS, [WORDS]),
    ...(pure.length > 0 ? [pureRule(pure)] : []),
    only('an actor imports words and its own folder', ACTORS, [WORDS, '^src/$1/']),
    only('the outbox imports words', OUTBOX, [WORDS, OUTBOX]),
    only('the assembly imports the core', ASSEMBLY, CORE),
    only('an adapter imports words and adapters', ADAPTERS, [WORDS, ADAPTERS]),
    only('routing imports words and its own folder', ROUTING, [WORDS, ROUTING]),
    only('content imports words, adapters and its own folder', '^src/content/', [WORDS, ADAPTERS, '^src/content/']),
    only('what servers share imports its own folder', '^src/serving/', ['^src/serving/']),
    only('the gateway imports words, content, what servers share and its own folder', '^src/gateway/', [
      WORDS,
      '^src/(content|serving|gateway)/'
    ]),
    forbid(
      'the gateway is run by the node',
      { path: OURS, pathNot: '^src/(gateway|node)/' },
      { path: '^src/gateway/', dependencyTypesNot: ['type-only'] }
    ),
    only('suites import words', '^src/testing/', [WORDS, '^src/testing/']),
    only('a virtual world needs the core alone', '^src/simulation/', [...CORE, '^src/(simulation|testing|hashing)/']),
    only('the laboratory imports worlds and the core', '^src/laboratory/(?!libp2p/)', [
      ...CORE,
      '^src/(laboratory|simulation|hashing)/'
    ]),
    only('worlds over libp2p import the laboratory and the node', '^src/laboratory/libp2p/', [
      ...CORE,
      '^src/(laboratory|simulation|network|node)/'
    ]),
    forbid(
      'worlds over libp2p are loaded when one is asked for',
      { path: OURS, pathNot: '^src/laboratory/libp2p/' },
      { path: '^src/laboratory/libp2p/', dependencyTypesNot: ['dynamic-import', 'type-only'] }
    ),
    only('the broker for Helia imports the node and what is below', '^src/helia/', [
      WORDS,
      ADAPTERS,
      '^src/(node|helia)/'
    ]),
    forbid('nothing imports the broker for Helia', { path: OURS, pathNot: '^src/helia/' }, { path: '^src/helia/' }),
    forbid(
      'the page imports itself, the types of what it is told, and what makes text safe',
      { path: PAGE },
      { path: OURS, pathNot: [PAGE, PAGE_CONTRACT, '^src/safe-text\\.ts$'] }
    ),
    forbid(
      'the page runs nothing of the daemon',
      { path: PAGE },
      { path: PAGE_CONTRACT, dependencyTypesNot: ['type-only'] }
    ),
    forbid('nothing imports the page, which is served as files', { path: OURS, pathNot: PAGE }, { path: PAGE }),
    forbid('nothing imports the command line', { path: OURS, pathNot: '^src/cli/' }, { path: '^src/cli/' }),
    forbid('the core uses no module of Node', { path: CORE }, { dependencyTypes: ['core'] }),
    forbid(
      'the core uses no package but multiformats',
      { path: CORE },
      { dependencyTypes: [...PACKAGES], pathNot: 'node_modules/multiformats/' }
    ),
    forbid(
      'libp2p is for its adapter and the node',
      { path: OURS, pathNot: '^src/(network/libp2p|routing/libp2p|node|helia|laboratory/libp2p)/' },
      { path: LIBP2P }
    ),
    forbid(
      // What the page needs is in its bundle.
      'nothing shipped needs what is only there to develop',
      { path: OURS, pathNot: PAGE },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg'], dependencyTypesNot: ['npm-peer'] }
    ),
    forbid('nothing shipped imports tests', { path: OURS }, { path: '^(test|examples|benchmarks)/' })
  ]
}
