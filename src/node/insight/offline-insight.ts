import type { DiagnoseOptions, Diagnosis, InsightService } from '../../api/service/insight-service.ts'
import { OfflineError } from '../service/offline-error.ts'

type Diagnose = (path: string | undefined, options: DiagnoseOptions) => Promise<Diagnosis>

/** Of a repo without its network side: there is nothing to look at, but it can be told what is wrong. */
export class OfflineInsight implements InsightService {
  readonly #diagnose: Diagnose

  constructor(diagnose: Diagnose) {
    this.#diagnose = diagnose
  }

  snapshot(): never {
    throw new OfflineError()
  }

  events(): never {
    throw new OfflineError()
  }

  wants(): never {
    throw new OfflineError()
  }

  partners(): never {
    throw new OfflineError()
  }

  sessions(): never {
    throw new OfflineError()
  }

  engine(): never {
    throw new OfflineError()
  }

  unwant(): never {
    throw new OfflineError()
  }

  async diagnose(path?: string, options: DiagnoseOptions = {}): Promise<Diagnosis> {
    return await this.#diagnose(path, options)
  }
}
