/** The contract with the daemon. All that the page shares with the rest of the project is its types. */
export type { Diagnosis, Finding, InsightEvent, ListingChange, SnapshotChange } from '../api/service/insight-service.ts'
export type {
  CacheRow,
  EnginePart,
  Flow,
  Listing,
  LogRow,
  PartnerRow,
  PeerPart,
  ProvidingPart,
  RefusedRow,
  Snapshot,
  StorePart,
  StoreRow,
  TrafficPart
} from '../api/service/insight-snapshot.ts'
export type { AskedPeer, SessionRow, StuckReason, WantPhase, WantRow } from '../api/service/insight-wants.ts'
