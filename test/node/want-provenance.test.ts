import { CID } from 'multiformats/cid'
import { describe, expect, it, onTestFinished } from 'vitest'
import { numberedBlock } from '../../src/testing/sample-blocks.ts'
import { eventually } from '../support/eventually.ts'
import { fetchFrom } from '../support/gateway-world.ts'
import { openDaemon, type OpenDaemon } from '../support/open-daemon.ts'

/** Nobody has it. */
const MISSING = CID.createV1(0x70, numberedBlock(7, 100).cid.multihash).toString()
const PATH = `/ipfs/${MISSING}`

/** A command, and what is shown of it while it waits for a block. */
const COMMANDS: readonly (readonly [path: string, label: string])[] = [
  [`cat?arg=${PATH}`, `cat ${PATH}`],
  [`cat?arg=${PATH}&label=page+download`, 'page download'],
  // It stays in its line.
  [`get?arg=${MISSING}/two%0Alines`, `get ${MISSING}/two lines`],
  [`ls?arg=${PATH}`, `ls ${PATH}`],
  [`block/get?arg=${MISSING}`, `block get ${MISSING}`],
  [`block/stat?arg=${MISSING}`, `block stat ${MISSING}`],
  [`pin/add?arg=${PATH}`, `pin add ${PATH}`],
  [`pin/rm?arg=${PATH}/a`, `pin rm ${PATH}/a`],
  [`pin/ls?arg=${PATH}/a`, `pin ls ${PATH}/a`],
  [`pin/update?arg=${PATH}/a&arg=${PATH}/b`, `pin update ${PATH}/a and 1 more`],
  [`dag/get?arg=${MISSING}`, `dag get ${MISSING}`],
  [`dag/resolve?arg=${PATH}/a`, `dag resolve ${PATH}/a`],
  [`dag/export?arg=${MISSING}`, `dag export ${MISSING}`],
  [`dag/stat?arg=${MISSING}&arg=${PATH}`, `dag stat ${MISSING} and 1 more`],
  [`refs?arg=${PATH}&recursive=true`, `refs ${PATH}`],
  [`resolve?arg=${PATH}/a`, `resolve ${PATH}/a`],
  [`doctor?arg=${MISSING}`, `doctor ${MISSING}`]
]

interface Listed {
  readonly rows: readonly { readonly label: string }[]
}

async function labelsOf(url: string, command: string): Promise<readonly string[]> {
  const response = await fetch(`${url}/api/v0/${command}`, { method: 'POST' })
  return ((await response.json()) as Listed).rows.map(({ label }) => label).sort()
}

/** Waits until so many sessions are open, and asks over the API what they are for. */
async function expectSessions({ daemon, url }: OpenDaemon, labels: readonly string[]): Promise<void> {
  const { insight } = daemon.peer.bitswap
  await eventually(() => insight.sessionCount === labels.length, `there are ${labels.length} sessions`)
  expect(await labelsOf(url, 'bitswap/sessions')).toEqual(labels.toSorted())
}

/** Gives commands that wait for as long as the test does not hang up. */
function giveAll({ url }: OpenDaemon, commands: readonly (readonly [path: string, body?: FormData])[]): () => void {
  const gone = new AbortController()
  const calls = commands.map(
    async ([path, body = null]) => await fetch(`${url}/api/v0/${path}`, { method: 'POST', body, signal: gone.signal })
  )
  const ended = Promise.allSettled(calls)
  const hangUp = (): void => gone.abort()
  onTestFinished(async () => {
    hangUp()
    await ended
  })
  return hangUp
}

function upload(content: string): FormData {
  const form = new FormData()
  form.append('file', new Blob([content]))
  return form
}

describe('what a want is for', () => {
  it('is told of every command that waits for a block, in its own words', async () => {
    const daemon = await openDaemon()
    const hangUp = giveAll(
      daemon,
      COMMANDS.map(([path]) => [path])
    )
    const labels = COMMANDS.map(([, label]) => label)
    await expectSessions(daemon, labels)
    expect(labels).toContain((await labelsOf(daemon.url, 'bitswap/wants'))[0])
    hangUp()
    await expectSessions(daemon, [])
  })

  it('is told of what is stored and pinned with all that it links to', async () => {
    const daemon = await openDaemon()
    const linked = JSON.stringify({ linked: { '/': MISSING } })
    const stored = await fetch(`${daemon.url}/api/v0/dag/put`, { method: 'POST', body: upload(linked) })
    const { Cid } = (await stored.json()) as { readonly Cid: Readonly<Record<'/', string>> }
    const hangUp = giveAll(daemon, [['dag/put?pin=true', upload(linked)]])
    await expectSessions(daemon, [`dag put ${Cid['/']}`])
    hangUp()
    await expectSessions(daemon, [])
  })

  it('is told of what the gateway is asked for, cut where it is long', async () => {
    const daemon = await openDaemon({ Addresses: { Gateway: '/ip4/127.0.0.1/tcp/0' } })
    const request = `${PATH}?format=raw&${'x'.repeat(500)}`
    const reply = fetchFrom(daemon.daemon.gateway?.address.port ?? 0, request)
    await expectSessions(daemon, [`gateway GET ${request}`.slice(0, 128)])
    await daemon.daemon.stop()
    await reply
  })
})
