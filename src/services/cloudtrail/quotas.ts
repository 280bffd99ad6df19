/** Source: CloudTrail User Guide, "Quotas in AWS CloudTrail", unless a line says otherwise. */
export const quotas = {
  trailsPerRegion: 5,
  eventSelectors: 5,
  /** Values of all data resources. Source: CloudTrail API Reference, DataResource. */
  dataResources: 250,
  /** All values of all conditions of a trail's advanced selectors. */
  selectorValues: 500,
  /** Source: CloudTrail API Reference, AddTags. */
  tags: 50,
  /** Source: CloudTrail API Reference, ListTags, ResourceIdList. */
  tagLists: 20,
  /** Our own: changes of what a trail logs whose records are not delivered yet. */
  spans: 100,
  /** Our own: trails of an account and Region that were deleted, and have yet to deliver what they logged. */
  deletedTrails: 100,
} as const
