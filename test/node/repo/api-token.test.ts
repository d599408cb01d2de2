import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ensureApiToken, readApiToken, writeApiToken } from '../../../src/node/repo/api-token.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

describe('the token of a repo', () => {
  it('is 256 bits that nobody else can read, and another one in every repo', async () => {
    const [one, two] = [await temporaryDirectory(), await temporaryDirectory()]
    const token = await writeApiToken(one)
    expect(Buffer.from(token, 'base64url')).toHaveLength(32)
    expect((await stat(join(one, 'api-token'))).mode & 0o777).toBe(0o600)
    expect(await readApiToken(one)).toBe(token)
    expect(await ensureApiToken(one)).toBe(token)
    expect(await ensureApiToken(two)).not.toBe(token)
    expect(await readApiToken(two)).toBeDefined()
  })

  it('is replaced when others could have read it', async () => {
    const root = await temporaryDirectory()
    const token = await writeApiToken(root)
    await chmod(join(root, 'api-token'), 0o644)
    const warnings: string[] = []
    const fresh = await ensureApiToken(root, (message) => warnings.push(message))
    expect(fresh).not.toBe(token)
    expect(warnings).toEqual([expect.stringContaining('could be read by other users')])
    expect((await stat(join(root, 'api-token'))).mode & 0o777).toBe(0o600)
  })

  it.each(['', 'short', 'two words of a certain length, which is enough', '\0'.repeat(64)])(
    'is not %j, and the file is left as it is',
    async (text) => {
      const root = await temporaryDirectory()
      await writeFile(join(root, 'api-token'), text, { mode: 0o600 })
      await expect(ensureApiToken(root)).rejects.toMatchObject({ code: 'ERR_API_TOKEN' })
      expect(await readFile(join(root, 'api-token'), 'utf8')).toBe(text)
    }
  )

  it('is not read through a link, nor from a folder', async () => {
    const [root, elsewhere] = [await temporaryDirectory(), await temporaryDirectory()]
    await writeApiToken(elsewhere)
    await symlink(join(elsewhere, 'api-token'), join(root, 'api-token'))
    await expect(readApiToken(root)).rejects.toMatchObject({ code: 'ERR_API_TOKEN' })
    const third = await temporaryDirectory()
    await mkdir(join(third, 'api-token'))
    await expect(readApiToken(third)).rejects.toMatchObject({ code: 'ERR_API_TOKEN' })
    expect(await readApiToken(await temporaryDirectory())).toBeUndefined()
  })
})
