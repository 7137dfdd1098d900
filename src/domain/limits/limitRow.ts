/** A number that the service publishes, or that was chosen as its like. */
export interface LimitRow {
  /** What holds in every profile that does not say otherwise. */
  readonly value: number;
  /** What holds in the profile of that name. */
  readonly aws?: number;
  readonly shards?: number;
  /** `rate`: so many in a second; `bytesPerSecond` likewise; `switch`: 1 or 0. */
  readonly unit: 'bytes' | 'count' | 'hours' | 'ms' | 's' | 'rate' | 'bytesPerSecond' | 'switch';
  /** It is what holds where nobody asks otherwise, or how much is given at once: there is always one, and one at least. */
  readonly always?: true;
  /** What it is that may be no more, or no less. */
  readonly what: string;
  /** `quotas`: the developer guide's page of quotas. `model`: a text of the API model. `guide`: another page. `seen`: on AWS. */
  readonly source: 'quotas' | 'model' | 'guide' | 'seen' | 'chosen';
}
