/** Sockets as descriptors, by which another process of this machine can be given them. */
export {
  connectionOf,
  datagramDescriptorOf,
  descriptorOf,
  type Handle,
  handleOf,
  sendableHandle,
  takeFrom,
} from './descriptors.ts'
