import { defaultConfig } from './default-config.ts'
import { valueAt } from './json.ts'
import { KNOWN_KEYS, type KnownKey } from './known-keys.ts'

/** The reference page of the config, in Markdown. */
export function configReference(): string {
  const sections = Map.groupBy(KNOWN_KEYS, sectionOf)
  return [INTRODUCTION, ...[...sections].map(([name, keys]) => `## ${name}\n\n${keys.map(entry).join('\n')}`)].join(
    '\n'
  )
}

const INTRODUCTION = `# The config

Made from the schema by \`node test/tools/config-docs.ts\`; do not change it by hand. For editors there is
[config.schema.json](config.schema.json).

The config is the file \`config\` of a repo: JSON with the keys of Kubo, and ours below \`Barter\`. A key that is left out,
\`null\` or an empty text is as by default. \`barter init\` writes some keys, as said below; its profiles
(\`barter init --help\`) change more. Keys of Kubo that are not on this page have no effect, and survive every
rewrite; a key below \`Barter\` that is not on this page is refused.

What goes before what: the flags of \`barter daemon\` (\`--set Swarm.ConnMgr.HighWater=200\`), then variables of the
environment, then the file, then the default. \`barter config show --origin\` tells of every value where it comes from.
In a variable, a list is JSON, or texts with commas between them; whatever is no text or number is JSON. Of Kubo's variables,
\`IPFS_PATH\` (where the repo lies; else \`BARTER_PATH\`), \`IPFS_WAIT_REPO_LOCK\` (a duration, such as \`10s\`: how long a start
waits for a repo in use), \`GOLOG_LOG_LEVEL\`, \`GOLOG_LOG_FMT\`, \`GOLOG_FILE\`, \`IPFS_HTTP_ROUTERS\`, \`OTEL_EXPORTER_OTLP_ENDPOINT\`,
\`OTEL_EXPORTER_OTLP_HEADERS\`, \`OTEL_METRIC_EXPORT_INTERVAL\` and \`LIBP2P_FORCE_PNET\`
mean here what they mean there. Each of ours goes before one of Kubo's.

*Live*: a change by \`barter config\`, or in the file before \`SIGHUP\` or \`barter config reload\`, takes hold in a running
daemon. All others wait for the next start; \`barter config\` says so.
`

function sectionOf({ path }: KnownKey): string {
  return path[0] === 'Barter' && path.length > 2 ? path.slice(0, 2).join('.') : (path[0] ?? '')
}

function entry(known: KnownKey): string {
  const { key, description, kind, variable, isLive, isSecret, path } = known
  const facts = [
    `${kind}; default ${defaultOf(known)}`,
    writtenAtInit(known),
    path[0] === 'Identity' ? undefined : `\`${variable}\``,
    isLive === true ? '*live*' : undefined,
    isSecret === true ? 'secret: shown by no command' : undefined
  ]
  return `### \`${key}\`\n\n${description}\n\n${facts.filter((fact) => fact !== undefined).join(' · ')}\n`
}

function defaultOf({ missing, rule }: KnownKey): string {
  if (rule !== undefined) return rule
  return missing === undefined || missing === '' ? 'none' : code(missing)
}

const NEW = defaultConfig({ PeerID: '', PrivKey: '' })

/** What a new repo has, where that is not the default. */
function writtenAtInit({ path, missing }: KnownKey): string | undefined {
  const value = valueAt(NEW, path)
  const isDefault = value === undefined || value === null || JSON.stringify(value) === JSON.stringify(missing)
  return isDefault || path[0] === 'Identity' ? undefined : `\`barter init\` writes ${code(value)}`
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
}
