/** A profile of the processor for the time that is measured, and nothing before or after. */
import { writeFile } from 'node:fs/promises'
import { Session } from 'node:inspector/promises'

export class Profile {
  #session: Session | undefined

  /** Begins a profile; with a file, ends it and writes it there, for the developer tools of a browser. */
  async toggle(file?: string): Promise<void> {
    if (file === undefined) {
      this.#session = new Session()
      this.#session.connect()
      await this.#session.post('Profiler.enable')
      await this.#session.post('Profiler.setSamplingInterval', { interval: 500 })
      await this.#session.post('Profiler.start')
      return
    }
    const session = this.#session
    if (session === undefined) throw new Error('no profile was begun')
    const { profile } = await session.post('Profiler.stop')
    session.disconnect()
    await writeFile(file, JSON.stringify(profile))
  }
}
