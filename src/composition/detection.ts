import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { PublishServiceEvent } from '#core/service-events.ts'
import { servicePrincipal } from '#core/service-principal.ts'
import { createLocations } from '#edge/geo/index.ts'
import { allDetectors, builtInLists, type Origin } from '#engines/detect/index.ts'
import { parseAddress } from '#engines/waf/index.ts'
import { networkRanges } from '#services/ec2/network-view.ts'
import { createExporter } from '#services/guardduty/destinations/exporter.ts'
import { createFindingKeeper } from '#services/guardduty/findings/finding-keeper.ts'
import { createListKeeper } from '#services/guardduty/lists/list-keeper.ts'
import { createOwnAddresses } from '#services/guardduty/own-addresses.ts'
import { auditSource } from '#services/guardduty/runner/audit-source.ts'
import { createDetectionRunner } from '#services/guardduty/runner/detection-runner.ts'
import { keptSource } from '#services/guardduty/runner/kept-source.ts'
import { surroundingsOf } from '#services/guardduty/surroundings.ts'
import { globalServices, type QueryableAuditTrail, recordKinds, type RecordStore } from '#telemetry/index.ts'
import type { Ground, Runner } from './ground.ts'
import type { RecordHearers } from './record-hearers.ts'

interface Parts extends Ground {
  readonly publish: PublishServiceEvent
  readonly audit: QueryableAuditTrail
  readonly records: RecordStore
  readonly onRecord: RecordHearers['onRecord']
}

/** What makes findings of records, and goes on with them. */
export function createDetection({
  store,
  world,
  log,
  directory,
  partition,
  publish,
  audit,
  records,
  onRecord,
}: Parts): readonly Runner[] {
  const lists = createListKeeper({ store, world, directory, log })
  return [
    createDetectionRunner({
      ...{ store, world, log, directory, partition, publish, detectors: allDetectors },
      sources: [
        auditSource({ audit, world, onRecord }),
        ...recordKinds.map((kind) => keptSource(kind, records, world)),
      ],
      surroundingsOf: surroundingsOf({
        ...{ read: store.read, world, lists, known: builtInLists(threatList) },
        origin: originOf({ directory, world, log }),
        isOwn: createOwnAddresses({ ranges: networkRanges, machine: machineAddresses, world }),
      }),
      globalSources: new Set([...globalServices].map(servicePrincipal)),
    }),
    createFindingKeeper({ store, world, publish, log }),
    createExporter({ store, world, directory, log }),
    lists,
  ]
}

const threatLists = new URL('../../data/threat-lists/', import.meta.url)

/** A list of threats that comes with the program. */
function threatList(file: string): string {
  return readFileSync(new URL(file, threatLists), 'utf8')
}

function machineAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((some = []) =>
    some.map(({ address }) => address.replace(/%.*$/, '')),
  )
}

/** Where an address belongs, as web ACLs know it. */
function originOf({
  directory,
  world,
  log,
}: Pick<Ground, 'directory' | 'world' | 'log'>): (address: string) => Origin {
  const { locate, autonomousSystem } = createLocations(join(directory, 'geo'), world.nowMs, log)
  return (text) => {
    const address = parseAddress(text)
    return address ? { country: locate(address)?.country, asn: autonomousSystem(address) } : {}
  }
}
