import type { AnyDetector } from '../../detector.ts'
import { attackTools } from './attack-tools.ts'
import { consoleLoginMfa } from './console-login-mfa.ts'
import { instanceCredentials } from './instance-credentials.ts'
import { instanceEnumeration } from './instance-enumeration.ts'
import { listedCallers } from './listed-callers.ts'
import { passwordGuessing, passwordSpraying } from './password-guessing.ts'
import { permissionEnumeration, principalEnumeration, roleEnumeration } from './refusals.ts'
import { resourceCredentials } from './resource-credentials.ts'
import { rootUsage } from './root-usage.ts'
import { callPlaces, consoleLoginPlaces } from './travel.ts'

/** Who calls, from where, and whether it can be them. */
export const accessDetectors: readonly AnyDetector[] = [
  ...[rootUsage, attackTools, listedCallers],
  ...[instanceCredentials, resourceCredentials, instanceEnumeration],
  ...[consoleLoginPlaces, callPlaces],
  ...[consoleLoginMfa, passwordGuessing, passwordSpraying],
  ...[permissionEnumeration, roleEnumeration, principalEnumeration],
]
