import { describe, expect, it } from 'vitest'
import { restoreSecrets, secretsOf, withoutSecrets } from '../../../src/node/config/secrets.ts'

const CONFIG = {
  Identity: { PeerID: 'id', PrivKey: 'planted-1' },
  API: { Authorizations: { alice: { AuthSecret: 'bearer:planted-2', AllowedPaths: ['/api/v0'] } }, RequireToken: true },
  Pinning: { RemoteServices: { far: { API: { Endpoint: 'https://x', Key: 'planted-3' } } } },
  Strange: [{ apiKey: 'planted-4' }, { deep: { Password: 'planted-5' } }]
}

describe('secrets of a config', () => {
  it('are left out of what is shown, wherever they stand', () => {
    expect(withoutSecrets(CONFIG)).toEqual({
      Identity: { PeerID: 'id' },
      API: { Authorizations: { alice: { AllowedPaths: ['/api/v0'] } }, RequireToken: true },
      Pinning: { RemoteServices: { far: { API: { Endpoint: 'https://x' } } } },
      Strange: [{}, { deep: {} }]
    })
  })

  it('are known to the log, with what stands in them', () => {
    expect(secretsOf(CONFIG)).toEqual([
      'planted-1',
      'bearer:planted-2',
      'planted-2',
      'planted-3',
      'planted-4',
      'planted-5'
    ])
  })

  it('are put in again when a config comes back without them', () => {
    const { Strange, ...rest } = CONFIG
    expect(restoreSecrets(withoutSecrets(rest) as Record<string, unknown>, CONFIG)).toEqual(rest)
    const changed = { API: { Authorizations: { alice: { AuthSecret: 'bearer:new' } } } }
    expect(restoreSecrets(changed, CONFIG)).toEqual(changed)
    expect(Strange).toHaveLength(2)
  })
})
