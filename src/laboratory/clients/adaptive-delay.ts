/**
 * Boxo's session, but how long it waits for a first block before it asks routing is learned: of the blocks that came in
 * the last two hours, three quarters had come within that time. Until one came, Boxo's fixed delay holds.
 */
import { BOXO_PARAMETERS, boxoClient } from './boxo/boxo-client.ts'
import { HitHistory } from './boxo/hit-history.ts'
import { defineClient } from './client-strategy.ts'

export const adaptiveDelay = defineClient({
  name: 'adaptive-delay',
  about: "Boxo's session, but routing is asked after as long as most blocks took of late",
  source: 'ProbeLab RFM 16 (network-measurements), proposal of an adaptive provider search delay',
  parameters: {
    ...BOXO_PARAMETERS,
    quantile: { about: 'part of the blocks that came within the delay', unit: 'parts', fallback: 0.75, min: 0, max: 1 },
    memoryMs: { about: 'how long a block counts', unit: 'ms', fallback: 7_200_000, min: 1, max: 86_400_000 },
    minHits: {
      about: 'blocks that must have come before the delay is learned',
      unit: 'blocks',
      fallback: 1,
      min: 1,
      max: 4_096
    }
  },
  create: (world, settings) => {
    const history = new HitHistory(settings.memoryMs)
    let hits = 0
    return boxoClient(world, settings, {
      hit: (hit) => {
        hits++
        history.add(hit)
      },
      searchDelayMs: (now) => {
        const learned = hits < settings.minHits ? undefined : history.latencyMs(settings.quantile, now)
        return learned ?? settings.searchDelayMs
      }
    })
  }
})
