/** What the daemon tells of reports. */
export type { OpenedReport, ReportInfo, ReportList } from '../api/report-list.ts'
