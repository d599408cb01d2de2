import * as z from 'zod'
import { DEFAULT_STRATEGY, strategyByName } from '../../engine/strategies/by-name.ts'
import type { Strategy } from '../../engine/strategy.ts'
import { InvalidParametersError } from '../../errors.ts'
import type { PeerRateLimits, PolicyRule } from '../../exchange.ts'
import { DEFAULT_OPTIONS, type BitswapOptionsInit } from '../../options.ts'
import { duration, flag, known, section, wholeNumber } from './keys.ts'
import type { LimitsConfig } from './limits-section.ts'

/** `Bitswap`, `Internal.Bitswap`, `Barter.Limits` and `Barter.Policy`. */
export interface BitswapConfig {
  /** Serve other peers at all (`Bitswap.ServerEnabled`). */
  readonly serverEnabled: boolean
  /** Whom to serve when upload is scarce (`Bitswap.Strategy`: a name, or `name:key=value,…`). */
  readonly strategy: Strategy
  readonly options: BitswapOptionsInit
  /** `Barter.Limits.Peers`. */
  readonly peerLimits: readonly PeerRateLimits[]
  readonly rules: readonly PolicyRule[]
}

const { engine, session, broadcast } = DEFAULT_OPTIONS

const strategy = z.string({ error: 'a text' }).transform((reference, context): Strategy => {
  try {
    return strategyByName(reference)
  } catch (error) {
    if (!(error instanceof InvalidParametersError)) throw error
    context.addIssue({ code: 'custom', message: `a strategy (${error.message})` })
    return z.NEVER
  }
})

export const bitswapSchema = section({
  ServerEnabled: flag('Serve blocks to other peers.', true),
  Strategy: known(strategy.optional(), {
    description: 'Whom to serve when upload is scarce: the name of a strategy, with parameters after a colon.',
    form: 'text',
    kind: 'a strategy such as debt-ratio or debt-ratio:floor=0.5',
    missing: DEFAULT_STRATEGY.name
  })
}).prefault({})

export const internalSchema = section({
  Bitswap: section({
    WantHaveReplaceSize: wholeNumber('A block up to so many bytes is sent to who only asks whether it is here.', {
      missing: engine.replaceHaveBytes
    }),
    MaxOutstandingBytesPerPeer: wholeNumber('Bytes on their way to one peer at a time.', {
      missing: engine.maxInFlightBytesPerPartner,
      min: 1
    }),
    ProviderSearchDelay: duration('Wait for connected peers before providers are searched for.', '1s'),
    ProviderSearchMaxResults: wholeNumber('Providers connected to for one search.', {
      missing: session.maxProvidersPerSearch
    }),
    BroadcastControl: section({
      Enable: flag('Choose whom to ask for a block that nobody is known to have; otherwise all are asked.', true),
      MaxPeers: wholeNumber(
        'Peers asked at a time, four times as many before the next round; 0 for none, -1 for no limit.',
        {
          missing: broadcast.maxPeers,
          min: -1
        }
      ),
      LocalPeers: flag('Choose among peers of the local network, too.', broadcast.localPeers),
      PeeredPeers: flag('Choose among peers of Peering.Peers, too.', broadcast.peeredPeers),
      MaxRandomPeers: wholeNumber('Peers asked besides, by chance.', { missing: broadcast.maxRandomPeers }),
      SendToPendingPeers: flag('Also ask peers that are about to be sent a message.', broadcast.sendToPendingPeers)
    }).prefault({})
  }).prefault({})
}).prefault({})

interface Parts {
  readonly Bitswap: z.output<typeof bitswapSchema>
  readonly Internal: z.output<typeof internalSchema>
  readonly limits: LimitsConfig
  readonly rules: readonly PolicyRule[]
}

export function toBitswap({ Bitswap, Internal, limits, rules }: Parts): BitswapConfig {
  const internal = Internal.Bitswap
  const control = internal.BroadcastControl
  return {
    serverEnabled: Bitswap.ServerEnabled,
    strategy: Bitswap.Strategy ?? DEFAULT_STRATEGY,
    options: {
      engine: {
        enabled: Bitswap.ServerEnabled,
        replaceHaveBytes: internal.WantHaveReplaceSize,
        maxInFlightBytesPerPartner: internal.MaxOutstandingBytesPerPeer
      },
      session: {
        providerSearchDelayMs: internal.ProviderSearchDelay,
        maxProvidersPerSearch: internal.ProviderSearchMaxResults
      },
      broadcast: {
        enabled: control.Enable,
        maxPeers: control.MaxPeers,
        localPeers: control.LocalPeers,
        peeredPeers: control.PeeredPeers,
        maxRandomPeers: control.MaxRandomPeers,
        sendToPendingPeers: control.SendToPendingPeers
      },
      limits: limits.rates
    },
    peerLimits: limits.peers,
    rules
  }
}
