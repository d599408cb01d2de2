import type { HttpHandler } from '../../api/http-handler.ts'
import { insightHandlers } from '../../api/insight-handlers.ts'
import type { InsightService } from '../../api/insight-service.ts'

/** What a running peer shows of itself. It begins to take notes now, for whoever looks later. */
export function insightArea({
  service
}: {
  readonly service: { readonly insight: InsightService }
}): readonly HttpHandler[] {
  const { insight } = service
  return insightHandlers(() => insight)
}
