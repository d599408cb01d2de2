import { randomBytes } from 'node:crypto'
import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { collect } from '../../../src/api/formats/collect.ts'
import type { AddCandidate, AddEvent, AddOptions } from '../../../src/api/service/peer-service.ts'
import { BLAKE3_CODE } from '../../../src/hashing/hash-codes.ts'
import { createHashers } from '../../../src/hashing/hashers.ts'
import { addFiles } from '../../../src/node/files/add-files.ts'
import { all, candidatesOf, memoryContent } from '../../support/memory-content.ts'

const hashers = await createHashers()

const TREE = { 'dir/': '', 'dir/a': '1', 'dir/sub/': '', 'dir/sub/b': '2', 'dir/link': '-> a' }
/** Enough for several levels of small chunks. */
const LONG = Uint8Array.from({ length: 6_000 }, (_, index) => (index * 31) % 251)
/** More than one node of a folder takes. */
const LARGE_FOLDER = Array.from({ length: 7_001 }, (_, index) => `this-is-a-rather-long-name-of-a-file-${index}`)
const TRICKLE = { layout: 'trickle' as const }
const AT = { seconds: 1_700_000_000, nanoseconds: 0 }

class Target {
  readonly hashers = hashers
  readonly stored: string[] = []
  readonly told: string[] = []
  readonly toldAtOnce: number[] = []

  writeBlock(cid: CID): void {
    this.stored.push(cid.toString())
  }

  notify(cids: readonly CID[]): Promise<void> {
    this.toldAtOnce.push(cids.length)
    this.told.push(...cids.map(String))
    return Promise.resolve()
  }
}

describe('adding', () => {
  // The CIDs that Kubo 0.43 prints with --cid-version=1, or with its own defaults for version 0.
  it.each([
    ['an empty file', '', {}, 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'],
    ['a small file', 'hello\n', {}, 'bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am'],
    [
      'a small file, version 0',
      'hello\n',
      { cidVersion: 0 as const },
      'QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN'
    ],
    ['an empty file, version 0', '', { cidVersion: 0 as const }, 'QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH']
  ])('%s gives the CID that Kubo gives', async (_what, text, options, expected) => {
    const [event] = await all(addFiles(new Target(), candidatesOf({ file: text }), options))
    expect(event).toMatchObject({ type: 'added', path: 'file', cid: expected })
  })

  it.each([
    [
      'sha2-512',
      'bafkrgqhhyivzstcz3hhswshfjgy6ertgmnqeleynhwt4dlfsthi4hn7zgh4uvlsb5xncykzapi3ocd4lzogukir6ksdy6wzrnz6ohnv4aglcs'
    ],
    ['sha3-224', 'bafkrohcqsoy6uh7nipzupnf7r6hgcm2ooukrmudohefq7jtxldjq'],
    ['blake3', 'bafkr4ieojr6bxgo37viopkkrqx7k2xxbish2sbfc7xlxr2xv6ln72yu2te'],
    ['blake2b-256', 'bafk2bzacecj35tdotcbcchb6ynyizfn422n2vn53lhd7jpeezzrxxcffgs3yg']
  ])('with %s, a file gives the CID that Kubo gives', async (hash, expected) => {
    const target = new Target()
    expect(await rootOf(target, { file: 'hello\n' }, { hash })).toBe(expected)
    expect(target.stored).toEqual([expected])
  })

  // Below the root are a file and a folder, which has another name with every option.
  it.each([
    [{}, 'bafybeid6s7z4qhptivnq5bwepc6sa6lbskwnyws7uhhnlfuy6dkqkfgyaq'],
    [
      { hash: 'sha2-512' },
      'bafybgqbzcv7koztohbp2okkd5czga6y2fczaor4dgppbnxi3tl4yvxr4cmruhsvpev3fqziwptp3cksaiesglwxxgdypn6wbd64uqx7yma22a'
    ],
    [{ hash: 'blake3' }, 'bafyb4ibdw4o5cikujwdtez2iymlhv4e3qp7tkoodjlhlqtwqjva72mhccu'],
    [{ inlineBytes: 32 }, 'bafybeiayrjhlweepjopa2sq7tnuizj4ftjp5zv75iyiken5cbofwzamlra'],
    [{ inlineBytes: 32, cidVersion: 0 as const }, 'QmRRFjpo71ob2d2KAadxXuPJZvFcS21qJS7VZuggiHGW29']
  ])('with %o, a tree gives the CID that Kubo gives', async (options, expected) => {
    const target = new Target()
    expect(await rootOf(target, TREE, options)).toBe(expected)
    expect(target.stored).toContain(expected)
  })

  it.each([
    ['hello\n', { inlineBytes: 32 }, 'bafkqabtimvwgy3yk'],
    ['hello\n', { inlineBytes: 32, cidVersion: 0 as const }, 'bafyaadqkbqeaeeqgnbswy3dpbimam'],
    ['', { inlineBytes: 32 }, 'bafkqaaa']
  ])('what is in its CID is not stored: %j, %o', async (text, options, expected) => {
    const target = new Target()
    expect(await rootOf(target, { file: text }, options)).toBe(expected)
    expect(target.stored).toEqual([])
  })

  it.each([
    [{ inlineBytes: 4 }, 'bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am', 'hello\n'],
    [{ inlineBytes: 32, chunkBytes: 16 }, 'bafybeidtwltimrrhodcoqbml2roaqvcau5lujda2earglnvhrwgmarmuvq', LONG],
    [
      { inlineBytes: 32, chunkBytes: 16, rawLeaves: false },
      'bafybeibplcvu6m5ngo35ckexe7mqdvyl6r5te2smnf46icfem6fzmiagpu',
      LONG
    ],
    [{ chunkBytes: 16, maxFileLinks: 2 }, 'bafybeiglenrycfqetd3x3kh6r3bss2ujdx7hik66cqhoujbmzev4yfw474', LONG],
    [{ chunkBytes: 16, maxFileLinks: 1_024 }, 'bafybeieute3wl3tkkjaxcwskz73azxgah6g6l3xl3g7tdkliljhfo3ba5m', LONG],
    [
      { ...TRICKLE, chunkBytes: 16, maxFileLinks: 3 },
      'bafybeib5lob42jqcrqipne4m35hdogheismlfming2b5veg2d3io3vrscu',
      LONG
    ],
    [{ ...TRICKLE, chunkBytes: 16 }, 'bafybeiep2c2rjywix4zindlfttynti5cxcqx5qpoxkpwv3km3yat4qn7ie', LONG],
    [{ ...TRICKLE, chunkBytes: 16, cidVersion: 0 as const }, 'QmTwTUCjcpxA3ZSSadx9tDGfXfWjRwwHEcSyTvGKpmz54v', LONG],
    [{ ...TRICKLE, chunkBytes: 1, cidVersion: 0 as const }, 'QmaAF3iKRHPkkqRSzGA73W9sxKfg7sEpipKQ3Ky9vsP8mA', LONG],
    [{ ...TRICKLE, chunkBytes: 10_000 }, 'bafybeie2xma7zjn6axj2puiykmy6kalw74ieu5xxxklm4ltho4kwfmlss4', LONG],
    [TRICKLE, 'bafybeif7ztnhq65lumvvtr4ekcwd2ifwgm3awq4zfr3srh462rwyinlb4y', ''],
    [{ attributes: { mode: 0o644 } }, 'bafybeiemirprqyjwzm5ul77gqd6fmwnieepwdqyv6kjxijsgb4r2n5ajmu', 'hello\n'],
    [{ attributes: { mtime: AT } }, 'bafybeiharihsb23cc3ax4dlxjbulg4vu72h4imcbpsupdsfairnzp6keke', 'hello\n'],
    [
      { attributes: { mtime: { ...AT, nanoseconds: 5 } } },
      'bafybeig4zd5jcw7xzxrmmjkila5oo5vjf6b2czojmtdye5hv4jd4w7zuqa',
      'hello\n'
    ],
    [{ attributes: { mode: 0o600 }, cidVersion: 0 as const }, 'QmStXxkUej4evQ4RoH53Qa13Ak2Yev6VU41jdbNfPvForx', ''],
    [
      { attributes: { mode: 0o600 }, chunkBytes: 64 },
      'bafybeiadgcuj3gervc2brfydvbklb3zxmeb6kqou7fmhxuz2gsvsexogsu',
      LONG
    ],
    [
      { attributes: { mode: 0o600 }, chunkBytes: 16 },
      'bafybeihxy6z3yp3ivvfn2a4cy7gotfkj72bpxt2l4cnk7qjksyqbsocgxq',
      LONG
    ],
    [
      { ...TRICKLE, attributes: { mode: 0o600, mtime: AT }, chunkBytes: 64 },
      'bafybeiax7hcqcxljn56flemwaltcutay2tr4bt44o7ujwxlxnm4mfbedoe',
      LONG
    ]
  ])('with %o, a file gives the CID that Kubo gives: %s', async (options, expected, content) => {
    expect(await rootOf(new Target(), { file: content }, options)).toBe(expected)
  })

  it('keeps what candidates bring of permissions and times, where that is asked for', async () => {
    const files = async function* (): AsyncGenerator<AddCandidate> {
      for await (const one of candidatesOf({ 'sub/': '', 'sub/b': '2', link: '-> a' })) {
        yield { ...one, mode: one.type === 'folder' ? 0o700 : 0o644, mtime: AT }
      }
    }
    const added = async (options: AddOptions) =>
      (await all(addFiles(new Target(), files(), options))).map((event) => 'cid' in event && event.cid)
    expect(await added({ preserveMode: true, preserveMtime: true })).toEqual([
      'bafybeih5vav3ymx6vccqghjqa55jtfqoohkbqxrwy2tnwfact4yw2uky54',
      'bafybeiaujczyfxwuoehqclajn6dx6etvrycqw3luej2b4cfqfwjimd7ohe',
      'bafybeie7v7n7n4f2csqgsconvbrdk6v4k7tinbjsv4h74cwuf2yyyeaovq'
    ])
    expect(await added({})).not.toContain('bafybeiaujczyfxwuoehqclajn6dx6etvrycqw3luej2b4cfqfwjimd7ohe')
  })

  // Two folders and two files of 0644. The library that makes folders leaves 0755 out.
  it.each([
    [[0o755, 0o755], {}, 'bafybeibg2c7flvr5t2lhemcv4jrcmueir5oolkdngsjiof5sdzkjnyayiy'],
    [[0o700, 0o700], {}, 'bafybeia5p7u7fbh4xk5frkitl5ramrklvdcyfztycty2x2jdpsnc2tjrou'],
    [[0o1755, 0o1755], {}, 'bafybeiah7uh2dh56le6rbli7jkj4o2lpdfskqdbkndorcvklzmyrsbs7xu'],
    [[0o755, 0o700], {}, 'bafybeibbju66fq4ukz6ipefc36ktssnjedxc46ivokxj6kafd55rogdzcm'],
    [[0o755, 0o755], { preserveMtime: true }, 'bafybeig5bzjdkm427iqxlapkrtrfpmhwonczbbvwxo6yy2ayin2pmtauc4'],
    [[0o755, 0o755], { cidVersion: 0 as const }, 'QmcexV416Lvthrt9vAN4vQWHGdydWP3ayZLhtNgZ5q8wzJ'],
    [[0o755, 0o755], { hash: 'blake3' }, 'bafyb4iavc4422hr7f4ugperl7r3qegkn7vkairbrkogvqtj6kdsfqqh6iy'],
    [[0o755, 0o755], { preserveMode: false }, 'bafybeigmkxoojhw2oydytu4qkxnuw7p7n4aolyvwbnbfeumc25psyvr5n4']
  ])('folders of %o with %o give the CID that Kubo gives', async ([outer, inner], options, expected) => {
    const files = async function* (): AsyncGenerator<AddCandidate> {
      for await (const one of candidatesOf({ 'd/': '', 'd/a': '1\n', 'd/sub/': '', 'd/sub/b': '2\n' })) {
        yield { ...one, mode: one.type === 'file' ? 0o644 : one.path === 'd' ? outer : inner, mtime: AT }
      }
    }
    expect(lastCid(await all(addFiles(new Target(), files(), { preserveMode: true, ...options })))).toBe(expected)
  })

  it.each([
    [8, 'bafybeidijknrkfh7rasfv7gmdllq5vz2tnxzz5ga6xzztpr72obkmr35ve'],
    [64, 'bafybeiez6e62o3x2a2pmtvnu4unwqrqq3zrofz5xcbwvpadqmw7zypx3ve'],
    [undefined, 'bafybeifdf5cem73vozpnipfnklkravdmtkb3b7mapz7ppusexi4mccsn6y'],
    [1_024, 'bafybeifvppqqmqrsh2yawqaypwk5zjbgmsf3qgn4kw2qhzisd5ijgjarma']
  ])(
    'a large folder in nodes of up to %s links has the CID of Kubo, and is read back',
    async (hamtFanout, expected) => {
      const { content } = await memoryContent()
      const files = Object.fromEntries(LARGE_FOLDER.map((name) => [`big/${name}`, '']))
      expect(lastCid(await all(content.add(candidatesOf(files), { hamtFanout })))).toBe(expected)
      const names = (await all(content.ls(expected, { resolve: false }))).map(({ name }) => name)
      expect(names.sort()).toEqual([...LARGE_FOLDER].sort())
    }
  )

  it('a folder without permissions is none of 0755, and one of many shards keeps its own', async () => {
    const add = async (folder: number | undefined, names: readonly string[], content: string) => {
      const files = async function* (): AsyncGenerator<AddCandidate> {
        yield { type: 'folder', path: 'd', mode: folder }
        for await (const one of candidatesOf(Object.fromEntries(names.map((name) => [`d/${name}`, content])))) {
          yield { ...one, mode: 0o644 }
        }
      }
      return lastCid(await all(addFiles(new Target(), files(), { preserveMode: true })))
    }
    const without = await add(undefined, ['a'], '1\n')
    expect(await add(0o755, ['a'], '1\n')).not.toBe(without)
    // Whoever reads them takes no permissions for none that were kept.
    expect(await add(0, ['a'], '1\n')).toBe(without)
    expect(await add(0o755, LARGE_FOLDER, '')).toBe('bafybeiayzqd673z3ojp44cseftsgantsxpaso2xog3ralh45hgkowhxoqe')
  })

  it.each([
    [{ hash: 'md5' }, 'unknown hash function "md5": expected one of sha2-256, sha2-512'],
    [{ hash: 'blake3', cidVersion: 0 as const }, 'CIDv0 only supports sha2-256'],
    [{ maxFileLinks: 1 }, "1 links of a file's node: expected 2 to 8192"],
    [{ maxFileLinks: 8_193 }, 'expected 2 to 8192'],
    [{ hamtFanout: 12 }, 'HAMT fanout must be a power of 2, between 8 and 1024 (got 12)'],
    [{ hamtFanout: 2_048 }, 'between 8 and 1024'],
    [{ hamtFanout: -8 }, 'between 8 and 1024'],
    [{ inlineBytes: 129 }, 'inline-limit 129 exceeds maximum allowed size of 128 bytes']
  ])('refuses %o', async (options, message) => {
    await expect(rootOf(new Target(), { a: '' }, options)).rejects.toThrow(message)
  })

  it('an empty folder gives the CID that Kubo gives', async () => {
    const [event] = await all(addFiles(new Target(), candidatesOf({ 'dir/': '' }), { cidVersion: 0 }))
    expect(event).toMatchObject({ path: 'dir', cid: 'QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn' })
  })

  it('reports files, then the folders around them, the outermost last', async () => {
    const files = { 'dir/': '', 'dir/a': '1', 'dir/sub/': '', 'dir/sub/b': '2', 'dir/link': '-> a' }
    const events = await all(addFiles(new Target(), candidatesOf(files)))
    expect(events.map((event) => event.path)).toEqual(['dir/a', 'dir/sub/b', 'dir/link', 'dir/sub', 'dir'])
  })

  // As Kubo 0.43 prints them.
  it.each([{}, { hash: 'blake3' }, { cidVersion: 0 as const }])(
    'reports empty folders, too, each in its place: %o',
    async (options) => {
      const tree = ['t/a/empty/', 't/a/x', 't/a-b/', 't/b/y', 't/m', 't/zempty/inner/']
      const files = Object.fromEntries(tree.map((path) => [path, '1']))
      const events = await all(addFiles(new Target(), candidatesOf(files), options))
      const folders = ['t/a/empty', 't/a', 't/a-b', 't/b', 't/zempty/inner', 't/zempty', 't']
      expect(events.map(({ path }) => path)).toEqual(['t/a/x', 't/b/y', 't/m', ...folders])
      const [alone] = await all(addFiles(new Target(), candidatesOf({ 'dir/': '' }), options))
      for (const path of ['t/a/empty', 't/a-b', 't/zempty/inner']) expect(events).toContainEqual({ ...alone, path })
    }
  )

  it('an empty folder is reported once, alone, beside others and within the folder that wraps all', async () => {
    const paths = async (tree: readonly string[], options: AddOptions = {}) => {
      const files = Object.fromEntries(tree.map((path) => [path, '']))
      return (await all(addFiles(new Target(), candidatesOf(files), options))).map(({ path }) => path)
    }
    expect(await paths(['e/'])).toEqual(['e'])
    expect(await paths(['e/', 'f/'])).toEqual(['e', 'f'])
    expect(await paths(['e/', 'm'], { wrap: true })).toEqual(['m', 'e', ''])
  })

  it('names what has no name by its CID', async () => {
    const [event] = await all(addFiles(new Target(), candidatesOf({ '': 'hello\n' })))
    const cid = 'bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am'
    expect(event).toEqual({ type: 'added', path: cid, cid, size: 6 })
  })

  it('can put all into one more folder', async () => {
    const events = await all(addFiles(new Target(), candidatesOf({ a: '1', b: '2' }), { wrap: true }))
    expect(events.map((event) => event.path)).toEqual(['a', 'b', ''])
  })

  it('tells partners of every block, many at a time, and before it reports the file', async () => {
    const target = new Target()
    const file = randomBytes(300 * 1_000)
    const toldWhenReported: number[] = []
    for await (const event of addFiles(target, candidatesOf({ file }), { chunkBytes: 1_000 })) {
      if (event.type === 'added') toldWhenReported.push(target.stored.length - target.told.length)
    }
    expect(target.told.sort()).toEqual(target.stored.sort())
    expect(target.stored.length).toBe(303)
    expect(target.toldAtOnce.length).toBeLessThan(6)
    expect(toldWhenReported).toEqual([0])
  })

  it('tells how far it is, when asked', async () => {
    const events = await all(
      addFiles(new Target(), candidatesOf({ file: randomBytes(10_000) }), { chunkBytes: 1_000, progress: true })
    )
    const progress = events.filter((event) => event.type === 'progress')
    expect(progress.at(-1)).toEqual({ type: 'progress', path: 'file', bytes: 10_000 })
    expect(await all(addFiles(new Target(), candidatesOf({ file: 'x' })))).toHaveLength(1)
  })

  it('tells partners of what was stored before it failed', async () => {
    const target = new Target()
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(randomBytes(5_000))
      throw new Error('the disk is gone')
    }
    const source = async function* () {
      yield await Promise.resolve({ type: 'file' as const, path: 'file', content: failing() })
    }
    await expect(all(addFiles(target, source(), { chunkBytes: 1_000 }))).rejects.toThrow('the disk is gone')
    expect(target.told.sort()).toEqual(target.stored.sort())
  })

  it('stops with its signal', async () => {
    const controller = new AbortController()
    const target = new Target()
    controller.abort(new Error('enough'))
    const options = { signal: controller.signal }
    await expect(all(addFiles(target, candidatesOf({ file: 'x' }), options))).rejects.toThrow('enough')
    expect(target.stored).toEqual([])
  })

  it.each([0, 0.5, 2 ** 21])('refuses chunks of %d bytes', async (chunkBytes) => {
    await expect(all(addFiles(new Target(), candidatesOf({ a: '' }), { chunkBytes }))).rejects.toThrow('expected 1 to')
  })

  it('refuses names that would build another tree', async () => {
    const files = candidatesOf({ 'dir\\/file': 'x' })
    await expect(all(addFiles(new Target(), files))).rejects.toThrow('rename it to add it')
  })

  it('what was asked for is read back: another hash, parts in their CIDs, layout, permissions and times', async () => {
    const { content, blockstore } = await memoryContent()
    const files = { 'dir/': '', 'dir/long': LONG, 'dir/short': 'short', 'dir/sub/': '', 'dir/sub/link': '-> ../long' }
    const options = { hash: 'blake3', inlineBytes: 32, layout: 'trickle' as const, chunkBytes: 16 }
    const root = lastCid(
      await all(content.add(candidatesOf(files), { ...options, attributes: { mode: 0o755, mtime: AT } }))
    )
    expect(CID.parse(root).multihash.code).toBe(BLAKE3_CODE)
    // The 375 chunks of the file are in their CIDs.
    expect([...blockstore.getAll()].length).toBeLessThan(10)
    const seen: unknown[] = []
    for await (const entry of (await content.get(root)).entries) {
      const bytes = entry.type === 'file' ? Buffer.from(await collect(entry.content)) : Buffer.alloc(0)
      seen.push([entry.path.slice(1).join('/'), bytes.length, entry.mode, entry.mtime])
    }
    expect(seen).toEqual([
      ['', 0, 0o755, AT],
      ['long', LONG.length, 0o755, AT],
      ['short', 5, 0o755, AT],
      ['sub', 0, 0o755, AT],
      ['sub/link', 0, undefined, AT]
    ])
  })

  it('a file without a name that is put into a folder is named by its CID', async () => {
    const events = await all(
      addFiles(new Target(), candidatesOf({ '': 'hi', small: 'hello\n' }), { wrap: true, cidVersion: 0 })
    )
    expect(events.map((event) => [event.path, 'cid' in event && event.cid])).toEqual([
      ['QmdckCoPuhEtiNzREtqpYn8dBgY8ifcG82Q4eyEdGCLEiu', 'QmdckCoPuhEtiNzREtqpYn8dBgY8ifcG82Q4eyEdGCLEiu'],
      ['small', 'QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN'],
      ['', 'QmNUvkDH4tYDsuaWUgXZqpGFNVqSdLyS3SCqrKv6XcZd4F']
    ])
  })

  it('many files in one folder make a sharded one, which is read back', async () => {
    const { content } = await memoryContent()
    const names = Array.from({ length: 6_000 }, (_, index) => `a-name-of-some-length-for-file-${index}`)
    const files = Object.fromEntries(names.map((name) => [`dir/${name}`, name]))
    const events = await all(content.add(candidatesOf(files)))
    const links = await all(content.ls(lastCid(events)))
    expect(links.map(({ name }) => name).sort()).toEqual(names.sort())
    const { content: bytes } = await content.cat(`${lastCid(events)}/${names[77] ?? ''}`)
    expect(Buffer.from(await collect(bytes)).toString()).toBe(names[77])
  })
})

async function rootOf(
  target: Target,
  files: Readonly<Record<string, string | Uint8Array>>,
  options: AddOptions
): Promise<string> {
  return lastCid(await all(addFiles(target, candidatesOf(files), options)))
}

function lastCid(events: readonly AddEvent[]): string {
  return events.flatMap((event) => (event.type === 'added' ? [event.cid] : [])).at(-1) ?? ''
}
