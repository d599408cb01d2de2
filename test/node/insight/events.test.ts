import { describe, expect, it, onTestFinished } from 'vitest'
import { MAX_WATCHERS } from '../../../src/api/service/insight-service.ts'
import type { Snapshot } from '../../../src/api/service/insight-snapshot.ts'
import { numberedBlock } from '../../../src/testing/sample-blocks.ts'
import { openDaemon } from '../../support/open-daemon.ts'

const EVENTS = '/api/barter/events?wants=9&partners=9&sessions=9&log=9'
const MISSING = numberedBlock(1).cid.toString()

/** The events of a daemon, one after the other. */
class Watcher {
  readonly #stop = new AbortController()
  #text = ''
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined

  /** Resolves with the status of the answer. */
  async open(url: string): Promise<number> {
    onTestFinished(() => this.leave())
    const response = await fetch(`${url}${EVENTS}`, { signal: this.#stop.signal })
    this.#reader = response.body?.getReader()
    return response.status
  }

  async next(): Promise<{ readonly type: string; readonly value: unknown }> {
    let end = this.#text.indexOf('\n\n')
    while (end < 0) {
      const read = await this.#reader?.read()
      if (read?.value === undefined) throw new Error('the stream has ended')
      this.#text += Buffer.from(read.value).toString()
      end = this.#text.indexOf('\n\n')
    }
    const [, type = '', data = 'null'] = /^event: (\w+)\ndata: (.*)$/u.exec(this.#text.slice(0, end)) ?? []
    this.#text = this.#text.slice(end + 2)
    return { type, value: JSON.parse(data) }
  }

  leave(): void {
    this.#stop.abort()
  }
}

async function watched(url: string): Promise<Watcher> {
  const watcher = new Watcher()
  expect(await watcher.open(url)).toBe(200)
  return watcher
}

describe('the events of a daemon', () => {
  it('are a snapshot, then what changes', async () => {
    const { url, id } = await openDaemon()
    const watcher = await watched(url)
    const first = await watcher.next()
    expect(first.type).toBe('snapshot')
    const { peer, wants } = first.value as Snapshot
    expect([peer.id, wants.total]).toEqual([id, 0])
    const gone = new AbortController()
    const asked = fetch(`${url}/api/v0/cat?arg=${MISSING}`, { method: 'POST', signal: gone.signal })
    const ended = asked.catch(() => 'hung up')
    let seen = ''
    while (!seen.includes(`cat ${MISSING}`)) {
      const { type, value } = await watcher.next()
      expect(type).toBe('change')
      seen = JSON.stringify(value)
    }
    expect(JSON.parse(seen)).toMatchObject({ wants: { total: 1, set: [{ id: MISSING, label: `cat ${MISSING}` }] } })
    gone.abort()
    expect(await ended).toBe('hung up')
    while (!seen.includes(`"gone":["${MISSING}"]`)) seen = JSON.stringify((await watcher.next()).value)
  })

  it('are for so many at a time; whoever leaves makes room', async () => {
    const { url } = await openDaemon()
    const watchers: Watcher[] = []
    for (let count = 0; count < MAX_WATCHERS; count++) watchers.push(await watched(url))
    const refused = await fetch(`${url}${EVENTS}`)
    expect([refused.status, await refused.text()]).toEqual([503, `${MAX_WATCHERS} watch already: close one of them\n`])
    watchers[0]?.leave()
    await expect.poll(async () => await new Watcher().open(url)).toBe(200)
    // The others have lost nothing.
    expect((await watchers[1]?.next())?.type).toBe('snapshot')
  })

  it('end with the daemon', async () => {
    const { daemon, url } = await openDaemon()
    const watcher = await watched(url)
    await watcher.next()
    await daemon.stop()
    await expect(
      (async () => {
        for (;;) await watcher.next()
      })()
    ).rejects.toThrow()
  })
})
