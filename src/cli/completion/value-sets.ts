import { LOG_LEVELS } from '../../api/service/log-service.ts'
import { STRATEGY_NAMES } from '../../engine/strategies/by-name.ts'
import { ADVERSARIES } from '../../laboratory/adversaries/catalogue.ts'
import { CLIENTS } from '../../laboratory/clients/catalogue.ts'
import { HYPOTHESES } from '../../laboratory/hypotheses/catalogue.ts'
import { REPRODUCTIONS } from '../../laboratory/reproduce/catalogue.ts'
import { SCENARIOS } from '../../laboratory/scenarios/catalogue.ts'
import { CODEC_NAMES, HASH_NAMES } from '../../node/service/block-cid.ts'
import { KNOWN_KEYS } from '../../node/config/known-keys.ts'
import { DATA_CODEC_NAMES } from '../../node/service/data-codecs.ts'
import { PROFILES } from '../../node/repo/profiles.ts'
import type { ValueSets } from './completion-words.ts'

const PROFILE_NAMES = Object.keys(PROFILES)
/** The parts of a program whose logs most ask for; "barter log ls" lists those that have logged. */
const SUBSYSTEMS = ['all', 'barter', 'libp2p']

/** Read by the command that prints scripts, and by nothing that must start fast. */
export const VALUE_SETS: ValueSets = {
  'add --chunker': ['size-262144', 'size-1048576'],
  'add --hash': HASH_NAMES,
  'block put --cid-codec': CODEC_NAMES,
  'block put --mhtype': HASH_NAMES,
  'config key': KNOWN_KEYS.map(({ key }) => key),
  'config profile apply names': PROFILE_NAMES,
  'daemon --init-profile': PROFILE_NAMES,
  'dag get --output-codec': DATA_CODEC_NAMES,
  'dag put --hash': HASH_NAMES,
  'dag put --input-codec': DATA_CODEC_NAMES,
  'dag put --store-codec': DATA_CODEC_NAMES,
  'diag cmds change': ['clear', 'set-time'],
  'init --algorithm': ['ed25519'],
  'init --profile': PROFILE_NAMES,
  'lab reproduce name': [...REPRODUCTIONS, ...HYPOTHESES].map(({ name }) => name),
  'lab run --clients': CLIENTS.map(({ name }) => name),
  'lab run --strategies': STRATEGY_NAMES,
  'lab run scenario': SCENARIOS.map(({ name }) => name),
  'lab tournament --adversaries': ADVERSARIES.map(({ name }) => name),
  'lab tournament --clients': CLIENTS.map(({ name }) => name),
  'lab tournament --scenario': SCENARIOS.map(({ name }) => name),
  'lab tournament --strategies': STRATEGY_NAMES,
  'log level level': [...LOG_LEVELS, 'default'],
  'log level subsystem': SUBSYSTEMS,
  'log tail --log-level': LOG_LEVELS,
  'swarm addrs which': ['local', 'listen']
}
