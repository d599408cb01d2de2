/** What the daemon tells of reports. */
export type { OpenedReport, ReportInfo, ReportList } from '../api/service/report-list.ts'
