/** The one schema of the config: what is read, checked, documented and shown follows from it. */
import * as z from 'zod'
import { ADDRESS_KINDS, peerAddressComplaint } from './address-kinds.ts'
import { addressesSchema, toAddresses, type AddressesConfig } from './addresses-section.ts'
import { apiSchema, toApi, type ApiConfig } from './api-section.ts'
import { bitswapSchema, internalSchema, toBitswap, type BitswapConfig } from './bitswap-section.ts'
import { discoveryShape, toDiscovery, type DiscoveryConfig } from './discovery-section.ts'
import { gatewaySchema, toGateway, type GatewayConfig } from './gateway-section.ts'
import { httpRetrievalSchema, toHttpRetrieval, type HttpRetrievalConfig } from './http-retrieval-section.ts'
import { known, ownSection, section, text, texts } from './keys.ts'
import { limitsSchema, toLimits } from './limits-section.ts'
import { logSchema, toLog, type LogConfig } from './log-section.ts'
import { policySchema, toRules } from './policy-section.ts'
import { provideSchema, toProvide, type ProvideConfig } from './provide-section.ts'
import { routingSchema, toRouting, type RoutingConfig } from './routing-section.ts'
import { datastoreSchema, storageShape, toStorage, type StorageConfig } from './storage-section.ts'
import { swarmSchema, toSwarm, type SwarmConfig } from './swarm-section.ts'
import { telemetrySchema, toTelemetry, type TelemetryConfig } from './telemetry-section.ts'
import { checkTogether } from './together.ts'

/** The settings of a peer, with or without a repo, by Kubo's keys; one file for each section. */
export interface Settings {
  readonly addresses: AddressesConfig
  readonly api: ApiConfig
  readonly bitswap: BitswapConfig
  readonly discovery: DiscoveryConfig
  readonly gateway: GatewayConfig
  readonly httpRetrieval: HttpRetrievalConfig
  readonly log: LogConfig
  readonly provide: ProvideConfig
  /** `Barter.Reports`; empty for none. */
  readonly reports: string
  readonly routing: RoutingConfig
  readonly storage: StorageConfig
  readonly swarm: SwarmConfig
  readonly telemetry: TelemetryConfig
}

const settingsShape = {
  Addresses: addressesSchema,
  API: apiSchema,
  ...discoveryShape,
  Bitswap: bitswapSchema,
  Internal: internalSchema,
  Datastore: datastoreSchema,
  Gateway: gatewaySchema,
  HTTPRetrieval: httpRetrievalSchema,
  Provide: provideSchema,
  Routing: routingSchema,
  Swarm: swarmSchema,
  Barter: ownSection({
    ...storageShape,
    Providers: texts('Peers that are taken to have everything.', ADDRESS_KINDS.peer, peerAddressComplaint()),
    Limits: limitsSchema,
    Policy: policySchema,
    Log: logSchema,
    Telemetry: telemetrySchema,
    Reports: text('Directory of reports of the laboratory, which the page shows; empty for none.', '')
  }).prefault({})
}

const identityText = () => z.string({ error: 'a text' })

const identitySchema = section({
  PeerID: known(identityText(), {
    description: 'The id of this peer.',
    form: 'text',
    kind: 'a text',
    rule: 'made at init'
  }),
  PrivKey: known(identityText(), {
    description: 'Its private key: base64 of the libp2p protobuf.',
    form: 'text',
    kind: 'a text',
    rule: 'made at init',
    isSecret: true
  })
}).prefault({} as never)

/** What may be set of a peer that has no config file. */
export const settingsSchema = section(settingsShape).superRefine(checkTogether)

/** A config file. */
export const configSchema = section({ Identity: identitySchema, ...settingsShape }).superRefine(checkTogether)

type Values = z.output<typeof settingsSchema>

export function toSettings(values: Values): Settings {
  const { Barter } = values
  return {
    addresses: toAddresses(values.Addresses),
    api: toApi(values.API),
    bitswap: toBitswap({ ...values, limits: toLimits(Barter.Limits), rules: toRules(Barter.Policy) }),
    discovery: toDiscovery(values),
    gateway: toGateway(values.Gateway),
    httpRetrieval: toHttpRetrieval(values.HTTPRetrieval),
    log: toLog(Barter.Log),
    provide: toProvide(values.Provide),
    reports: Barter.Reports,
    routing: toRouting(values.Routing, { providers: Barter.Providers, overHttp: values.HTTPRetrieval.Enabled }),
    storage: toStorage(Barter, values.Datastore),
    swarm: toSwarm(values.Swarm),
    telemetry: toTelemetry(Barter.Telemetry)
  }
}
