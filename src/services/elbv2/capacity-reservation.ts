import { elbv2, onAll } from './declare.ts'
import { findLoadBalancer } from './find.ts'

/** Shows what capacity is reserved for a load balancer: none, as ModifyCapacityReservation is not implemented. */
export const DescribeCapacityReservation = elbv2('DescribeCapacityReservation', {
  target: ({ LoadBalancerArn }, call) => findLoadBalancer(call, LoadBalancerArn),
  access: () => onAll('DescribeCapacityReservation'),
  run: () => ({ CapacityReservationState: [] }),
})
