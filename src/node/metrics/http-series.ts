/** What the API and the gateway were asked over HTTP: Kubo's names, and ours for what it does not count. */
import { counter, gauge, histogram, known, labelled, type Series } from './series.ts'

const API = { handler: 'api' }

export const HTTP_SERIES: readonly Series[] = [
  counter('ipfs_http_requests_total', 'Requests of the API that ended', ({ api }) =>
    Array.from(api.requests(), ({ method, code, count }) => ({ value: count, labels: { method, code, ...API } }))
  ),
  histogram(
    'ipfs_http_request_duration_seconds',
    'Seconds from a request to the end of its answer',
    ({ api }) => api.seconds,
    API
  ),
  histogram(
    'ipfs_http_request_size_bytes',
    'Bytes of requests, with their headers',
    ({ api }) => api.requestBytes,
    API
  ),
  histogram(
    'ipfs_http_response_size_bytes',
    'Bytes of answers, with their headers',
    ({ api }) => api.responseBytes,
    API
  ),
  gauge('ipfs_http_gw_concurrent_requests', 'Requests of the gateway under way', ({ gateway }) =>
    known(gateway?.inFlight)
  ),
  counter('ipfs_http_gw_responses_total', 'Answers of the gateway by status', ({ gateway }) =>
    labelled('code', { ...gateway?.responses })
  ),
  counter('barter_gateway_cut_total', 'Answers of the gateway that were cut off', ({ gateway }) => known(gateway?.cut)),
  counter('barter_gateway_body_bytes_total', 'Bytes of answers of the gateway', ({ gateway }) =>
    known(gateway?.bodyBytes)
  )
]
