import type {
  DataSourceConfigurations,
  DataSourceConfigurationsResult,
  DetectorFeatureConfiguration,
  DetectorFeatureConfigurationResult,
  DetectorFeatureResult,
} from '#models/guardduty.d.ts'
import type { DetectorDocument, Feature } from './documents.ts'
import { faults } from './faults.ts'

/** Always on while the detector is. */
const foundational: readonly DetectorFeatureResult[] = ['CLOUD_TRAIL', 'DNS_LOGS', 'FLOW_LOGS']

/** Features whose records exist here. They are on in a new detector. */
const supported: ReadonlySet<string> = new Set(['S3_DATA_EVENTS', 'LAMBDA_NETWORK_LOGS'])

/** Shown as disabled, and not to be enabled: nothing here writes their records. */
const unsupported: readonly DetectorFeatureResult[] = [
  'EKS_AUDIT_LOGS',
  'EBS_MALWARE_PROTECTION',
  'RDS_LOGIN_EVENTS',
  'EKS_RUNTIME_MONITORING',
  'RUNTIME_MONITORING',
]

/** The features of a new detector, before its request says otherwise. */
export function newFeatures(nowMs: number): Readonly<Record<string, Feature>> {
  return Object.fromEntries([...supported].map((name) => [name, { status: 'ENABLED', updatedAtMs: nowMs }]))
}

/**
 * The features once a request has had its say. Faults: BadRequestException for one that is enabled though its data source does not exist.
 */
export function withFeatures(
  features: Readonly<Record<string, Feature>>,
  asked: {
    readonly Features?: readonly DetectorFeatureConfiguration[] | undefined
    readonly DataSources?: DataSourceConfigurations | undefined
  },
  nowMs: number,
): Readonly<Record<string, Feature>> {
  const changed = new Map(Object.entries(features))
  for (const { Name, Status, AdditionalConfiguration = [] } of [
    ...older(asked.DataSources),
    ...(asked.Features ?? []),
  ]) {
    if (Name === undefined || Status === undefined) throw faults.badParameter('features')
    if (AdditionalConfiguration.some((one) => one.Status === 'ENABLED')) throw faults.noFeature(Name)
    if (!supported.has(Name)) {
      if (Status === 'ENABLED') throw faults.noFeature(Name)
      continue
    }
    if (changed.get(Name)?.status !== Status) changed.set(Name, { status: Status, updatedAtMs: nowMs })
  }
  return Object.fromEntries(changed)
}

export function isOn(
  { features }: DetectorDocument,
  name: 'S3_DATA_EVENTS' | 'LAMBDA_NETWORK_LOGS',
): boolean {
  return features[name]?.status === 'ENABLED'
}

export function shownFeatures({
  features,
  createdAtMs,
}: DetectorDocument): readonly DetectorFeatureConfigurationResult[] {
  const shown = (Name: DetectorFeatureResult, Status: 'ENABLED' | 'DISABLED', atMs: number) => ({
    ...{ Name, Status, UpdatedAt: new Date(atMs) },
  })
  return [
    ...foundational.map((name) => shown(name, 'ENABLED', createdAtMs)),
    ...Object.entries(features).map(
      ([name, { status, updatedAtMs }]) => shown(name as DetectorFeatureResult, status, updatedAtMs), // `withFeatures` keeps those of the model alone.
    ),
    ...unsupported.map((name) => shown(name, 'DISABLED', createdAtMs)),
  ]
}

/** The form from before features. */
export function shownDataSources(detector: DetectorDocument): DataSourceConfigurationsResult {
  const status = 'ENABLED' as const
  return {
    CloudTrail: { Status: status },
    DNSLogs: { Status: status },
    FlowLogs: { Status: status },
    S3Logs: { Status: isOn(detector, 'S3_DATA_EVENTS') ? 'ENABLED' : 'DISABLED' },
    Kubernetes: { AuditLogs: { Status: 'DISABLED' } },
    MalwareProtection: { ScanEc2InstanceWithFindings: { EbsVolumes: { Status: 'DISABLED' } } },
  }
}

/** What the form from before features says, as features. */
function older({
  S3Logs,
  Kubernetes,
  MalwareProtection,
}: DataSourceConfigurations = {}): readonly DetectorFeatureConfiguration[] {
  const said = (Name: 'S3_DATA_EVENTS' | 'EKS_AUDIT_LOGS' | 'EBS_MALWARE_PROTECTION', enable?: boolean) =>
    enable === undefined ? [] : [{ Name, Status: enable ? ('ENABLED' as const) : ('DISABLED' as const) }]
  const volumes = MalwareProtection?.ScanEc2InstanceWithFindings?.EbsVolumes
  return [
    ...said('S3_DATA_EVENTS', S3Logs?.Enable),
    ...said('EKS_AUDIT_LOGS', Kubernetes?.AuditLogs.Enable),
    ...said('EBS_MALWARE_PROTECTION', volumes),
  ]
}
