// placeholder type until the control plane lands in this same branch
export interface Streams {
  readonly placeholder: never;
}
