import { service, type Service } from '#core/service.ts'
import * as agreement from './agreement.ts'
import * as aliases from './aliases.ts'
import * as dataKeys from './data-keys.ts'
import * as deletion from './deletion.ts'
import type { KmsParts } from './declare.ts'
import * as encryption from './encrypt.ts'
import * as grantLists from './grant-lists.ts'
import * as grants from './grants.ts'
import * as imports from './import.ts'
import * as keys from './keys.ts'
import * as lastUsage from './last-usage.ts'
import * as macs from './mac.ts'
import * as multiRegion from './multi-region.ts'
import * as policies from './policies.ts'
import * as publicKeys from './public-keys.ts'
import * as random from './random.ts'
import * as retirement from './retire-grant.ts'
import * as rotation from './rotation.ts'
import * as signatures from './sign.ts'
import * as tags from './tags.ts'

/** The Key Management Service: keys that never leave, and what is done with them. */
export function createKmsService(parts: KmsParts): Service {
  return service({
    model: 'kms',
    files: [
      agreement,
      aliases,
      dataKeys,
      deletion,
      encryption,
      grantLists,
      grants,
      imports,
      keys,
      lastUsage,
      macs,
      multiRegion,
      policies,
      publicKeys,
      random,
      retirement,
      rotation,
      signatures,
      tags,
    ],
    parts,
  })
}
