import type { HttpHandler } from '../../api/server/http-handler.ts'
import { insightHandlers } from '../../api/server/insight-handlers.ts'
import type { InsightService } from '../../api/service/insight-service.ts'

/** What a running peer shows of itself. It begins to take notes now, for whoever looks later. */
export function insightArea({
  service
}: {
  readonly service: { readonly insight: InsightService }
}): readonly HttpHandler[] {
  const { insight } = service
  return insightHandlers(() => insight)
}
