import { libp2pLogger } from '../../network/libp2p/libp2p-logger.ts'
import { packageVersion } from '../package-version.ts'
import type { Peer } from '../peer.ts'
import { systemClock } from '../system-clock.ts'
import type { Metrics } from './metrics.ts'
import { otlpBody } from './otlp-body.ts'
import { OtlpPush } from './otlp-push.ts'

/** Begins to hand metrics to the collector of `Barter.Telemetry`; undefined where there is none. To be stopped. */
export function startTelemetry(
  { libp2p, repo }: Pick<Peer, 'libp2p' | 'repo'>,
  metrics: Metrics
): OtlpPush | undefined {
  const config = repo?.config.telemetry
  if (config?.endpoint === undefined) return undefined
  const [version, startedAt] = [packageVersion(), Date.now()]
  const resource = {
    'service.name': 'barter',
    'service.version': version,
    'service.instance.id': libp2p.peerId.toString()
  }
  const push = new OtlpPush({
    config: { ...config, endpoint: config.endpoint },
    clock: systemClock,
    logger: libp2pLogger(libp2p.logger, 'barter:telemetry'),
    body: async () => otlpBody(await metrics.read(), { resource, version, startedAt, now: Date.now() })
  })
  push.start()
  return push
}
