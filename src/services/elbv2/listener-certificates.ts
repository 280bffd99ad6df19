import { elbv2, on, onAll } from './declare.ts'
import { faults } from './faults.ts'
import { findListener, listenersOf } from './find.ts'
import { requireCertificate } from './listeners.ts'
import { page } from './paging.ts'
import { quotas } from './quotas.ts'

/** Adds certificates that are chosen by the name that a client asks for. Faults: CertificateNotFound; TooManyCertificates. */
export const AddListenerCertificates = elbv2('AddListenerCertificates', {
  target: ({ ListenerArn }, call) => findListener(call, ListenerArn),
  access: (target) => [on('AddListenerCertificates', target)],
  run({ target, input, call }) {
    if (target.protocol !== 'HTTPS') throw faults.unsupportedProtocol('HTTP', 'certificates')
    const added = input.Certificates.map(({ CertificateArn = '' }) =>
      requireCertificate(call, CertificateArn),
    )
    const certificates = [...new Set([...target.certificates, ...added])]
    const others = listenersOf(call, target.loadBalancerArn).filter(({ id }) => id !== target.id)
    // Default ones are not counted.
    const further = [certificates, ...others.map((other) => other.certificates)].flatMap((all) =>
      all.slice(1),
    )
    if (further.length > quotas.certificatesPerLoadBalancer) throw faults.tooMany.certificates()
    call.listeners.put(target.id, { ...target, certificates })
    return { Certificates: added.map((CertificateArn) => ({ CertificateArn, IsDefault: false })) }
  },
})

/** Removes certificates; the default one is replaced with ModifyListener. Faults: OperationNotPermitted. */
export const RemoveListenerCertificates = elbv2('RemoveListenerCertificates', {
  target: ({ ListenerArn }, call) => findListener(call, ListenerArn),
  access: (target) => [on('RemoveListenerCertificates', target)],
  run({ target, input, call }) {
    const removed = new Set(input.Certificates.map(({ CertificateArn }) => CertificateArn))
    if (removed.has(target.certificates[0]))
      throw faults.validation('The default certificate cannot be removed')
    const certificates = target.certificates.filter((arn) => !removed.has(arn))
    call.listeners.put(target.id, { ...target, certificates })
    return {}
  },
})

/** Shows a listener's certificates, the default one among them. */
export const DescribeListenerCertificates = elbv2('DescribeListenerCertificates', {
  target: ({ ListenerArn }, call) => findListener(call, ListenerArn),
  access: () => onAll('DescribeListenerCertificates'),
  run({ target, input }) {
    const [fallback] = target.certificates
    const { items, ...next } = page(target.certificates, (arn) => arn, input)
    return {
      Certificates: items.map((CertificateArn) => ({
        CertificateArn,
        IsDefault: CertificateArn === fallback,
      })),
      ...next,
    }
  },
})
