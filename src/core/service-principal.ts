import { type ServiceName, services } from '#wire/index.ts'

/** The name under which a service acts and is known to records: `elasticloadbalancing.amazonaws.com`. */
export function servicePrincipal(service: ServiceName): string {
  return `${services.get(service)?.signingName ?? service}.amazonaws.com`
}
