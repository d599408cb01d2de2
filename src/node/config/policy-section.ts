import { CID } from 'multiformats/cid'
import { peerIdFromString } from '@libp2p/peer-id'
import type { PolicyRule } from '../../exchange.ts'
import { toPeerId } from '../../ids.ts'
import type { JsonObject } from './json.ts'
import type { ConfigReader } from './reader.ts'

/**
 * `Barter.Policy`: `{ "Deny": [{ "Peer": "12D3…" }, { "CID": "bafy…" }, { "Peer": "12D3…", "CID": "bafy…" }], "Allow": […] }`.
 * See `ExchangePolicy` for what the rules mean.
 */
export function readPolicy(config: ConfigReader): readonly PolicyRule[] {
  const policy = config.section('Barter').section('Policy').only('Deny', 'Allow')
  const read = (key: string, effect: PolicyRule['effect']): PolicyRule[] =>
    policy.list(key).map((rule) => readRule(rule, effect))
  return [...read('Deny', 'deny'), ...read('Allow', 'allow')]
}

/** The same rules as they stand in a config. */
export function writePolicy(source: JsonObject, rules: readonly PolicyRule[]): JsonObject {
  const list = (wanted: PolicyRule['effect']): JsonObject[] =>
    rules
      .filter(({ effect }) => effect === wanted)
      .map(({ peer, cid }) => ({ ...(peer && { Peer: peer }), ...(cid && { CID: cid.toString() }) }))
  const barter = source['Barter']
  const others = typeof barter === 'object' && barter !== null ? barter : {}
  return { ...source, Barter: { ...others, Policy: { Deny: list('deny'), Allow: list('allow') } } }
}

function readRule(rule: ConfigReader, effect: PolicyRule['effect']): PolicyRule {
  rule.only('Peer', 'CID')
  const peer = rule.optionalText('Peer', '')
  const cid = rule.optionalText('CID', '')
  if (peer === '' && cid === '') throw rule.wrong('Peer', 'a peer id, unless there is a CID')
  return {
    effect,
    peer: peer === '' ? undefined : parse(rule, 'Peer', 'a peer id', () => toPeerId(peerIdFromString(peer))),
    cid: cid === '' ? undefined : parse(rule, 'CID', 'a CID', () => CID.parse(cid))
  }
}

function parse<Parsed>(rule: ConfigReader, key: string, what: string, read: () => Parsed): Parsed {
  try {
    return read()
  } catch {
    throw rule.wrong(key, what)
  }
}
