import type {
  ConfigChange,
  ConfigEntry,
  ConfigObject,
  ConfigService,
  ProfileChange
} from '../../src/api/service/config-service.ts'

const CHANGE: ConfigChange = { changed: ['A.B'], applied: ['A.B'], restart: ['C'], notes: ['a note'] }

const ENTRY: ConfigEntry = { key: 'A.B', value: [1], origin: 'environment', source: 'BARTER_A_B', isLive: true }

/** Settings with fixed answers; writes down what it was asked. */
export class FakeConfig implements ConfigService {
  readonly #calls: unknown[][]

  constructor(calls: unknown[][]) {
    this.#calls = calls
  }

  get(key: string): Promise<unknown> {
    this.#calls.push(['config.get', key])
    return Promise.resolve({ nested: [1, 'x'] })
  }

  set(key: string, value: unknown): Promise<ConfigChange> {
    this.#calls.push(['config.set', key, value])
    return Promise.resolve(CHANGE)
  }

  show(): Promise<ConfigObject> {
    return Promise.resolve({ Addresses: { API: '/a' } })
  }

  effective(): Promise<readonly ConfigEntry[]> {
    return Promise.resolve([ENTRY])
  }

  replace(config: ConfigObject): Promise<ConfigChange> {
    this.#calls.push(['config.replace', config])
    return Promise.resolve(CHANGE)
  }

  applyProfiles(names: string, options?: { readonly dryRun?: boolean }): Promise<ProfileChange> {
    this.#calls.push(['config.applyProfiles', names, options?.dryRun])
    return Promise.resolve({ ...CHANGE, before: { A: 1 }, after: { A: 2 } })
  }

  reload(): Promise<ConfigChange> {
    this.#calls.push(['config.reload'])
    return Promise.resolve(CHANGE)
  }

  schema(): ConfigObject {
    return { type: 'object' }
  }
}
